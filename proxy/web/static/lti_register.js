// The platform opened this page in a frame or a window of its own, and closes it when it is told
// (LTI Dynamic Registration 1.0, 3.7). The message holds no secret, so whoever hears it may.

const button = document.querySelector("[data-close]");
const told = document.querySelector("[data-closed]");

if (button) {
  button.hidden = false;
  told.hidden = true;
  button.addEventListener("click", () => {
    for (const other of [window.opener, window.parent]) {
      if (other && other !== window) other.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
    }
    window.close();
    told.hidden = false;
  });
}
