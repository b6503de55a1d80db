"""A municipality's login, checked as OpenID Connect lets one check it, where allauth trusts the connection.

The ID token is taken when a key of the provider signed it, when it answers this browser's own request (`nonce`), and
when it is from the issuer that the settings name. The provider's metadata may name no host but those of the settings.
"""

from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.utils.crypto import constant_time_compare, salted_hmac

# pairs of keys alone: with a shared secret the portal's own could sign for the provider
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
ENDPOINTS = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
WELL_KNOWN = "/.well-known/"


def nonce_of(state: str) -> str:
    """What the ID token must repeat. The state is this browser's, and taken once, so what is made of it is too."""
    return salted_hmac("kulturmetropol.openid.nonce", state, algorithm="sha256").hexdigest()


class Client(OAuth2Client):
    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict) -> str:
        return super().get_redirect_url(authorization_url, scope, {**extra_params, "nonce": nonce_of(self.state)})


class Adapter(OpenIDConnectOAuth2Adapter):
    """Raises `OAuth2Error` for everything that is not as it must be."""

    client_class = Client

    @property
    def openid_config(self) -> dict:
        config = super().openid_config
        settings = self.get_provider().app.settings
        server_url = settings["server_url"]
        issuer = settings.get("issuer") or server_url.partition(WELL_KNOWN)[0]
        if config.get("issuer", "").rstrip("/") != issuer.rstrip("/"):
            raise OAuth2Error("The provider's metadata are of another issuer.")
        known = urlsplit(server_url)
        hosts = {known.netloc, *settings.get("hosts", [])}
        for name in ENDPOINTS:
            parts = urlsplit(config.get(name, ""))
            if parts.netloc not in hosts or parts.scheme not in {"https", known.scheme}:
                raise OAuth2Error(f"The provider's {name} is not on a host of the settings.")
        return config

    def _decode_id_token(self, app: Any, id_token: str) -> dict:
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError as error:
            raise OAuth2Error("The ID token cannot be read.") from error
        if algorithm not in ALGORITHMS:
            raise OAuth2Error("The ID token is not signed by an algorithm of the list.")
        data = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if not constant_time_compare(str(data.get("nonce", "")), nonce_of(self.request.GET.get("state", ""))):
            raise OAuth2Error("The ID token answers another request.")
        return data


class MunicipalityProvider(OpenIDConnectProvider):
    oauth2_adapter_class = Adapter
