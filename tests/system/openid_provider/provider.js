// A certified OpenID provider with its own pages for signing in. Its settings are a JSON object in
// the variable PROVIDER; when it listens it says so in a line.
import Provider from "oidc-provider";

const { issuer, port, redirect, secret } = JSON.parse(process.env.PROVIDER);

const provider = new Provider(issuer, {
  clients: [{
    client_id: "sifu",
    client_secret: secret,
    redirect_uris: [redirect],
    grant_types: ["authorization_code"],
    response_types: ["code"],
  }],
  pkce: { required: () => true, methods: ["S256"] },
  claims: {
    openid: ["sub"],
    profile: ["preferred_username"],
    email: ["email", "email_verified"],
  },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      preferred_username: id,
      email: `${id}@school.example`,
      email_verified: true,
    }),
  }),
});

provider.listen(port, "127.0.0.1", () => console.log("listening"));
