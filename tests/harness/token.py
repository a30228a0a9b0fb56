"""Tokens made by hand, right and wrong ones."""

import base64
import hashlib
import hmac
import json
import subprocess
import tempfile
import time


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signing_input(header, claims):
    return ".".join(base64url(json.dumps(part).encode())
                    for part in (header, claims))


def claims_of(user, admin=False, **more):
    now = int(time.time())
    return {"uid": user["id"], "sub": user["username"], "adm": admin,
            "ver": 1, "iat": now, "exp": now + 900, **more}


def hmac_token(claims, secret, algorithm="HS256", header=None):
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384,
              "HS512": hashlib.sha512}[algorithm]
    text = signing_input(header or {"alg": algorithm, "typ": "JWT"}, claims)
    mac = hmac.new(secret.encode(), text.encode(), digest).digest()
    return f"{text}.{base64url(mac)}"


def unsigned_token(claims):
    return signing_input({"alg": "none", "typ": "JWT"}, claims) + "."


def rsa_token(claims):
    """Signed with a key that nobody knows of."""
    text = signing_input({"alg": "RS256", "typ": "JWT"}, claims)
    with tempfile.NamedTemporaryFile() as key:
        subprocess.run(["openssl", "genrsa", "-out", key.name, "2048"],
                       check=True, capture_output=True)
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", key.name],
            input=text.encode(), check=True, capture_output=True).stdout
    return f"{text}.{base64url(signature)}"
