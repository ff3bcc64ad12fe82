"""What we override of Jupyter is still there to be overridden."""

from jupyter_server.serverapp import ServerApp

from proxy.notebook.server_app import SifuServerApp


def test_jupyter_still_binds_by_the_method_that_we_override() -> None:
    assert "_bind_http_server_unix" in vars(ServerApp)
    assert "_bind_http_server_unix" in ServerApp._bind_http_server.__code__.co_names
    assert issubclass(SifuServerApp, ServerApp)
