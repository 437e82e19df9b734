"""Where a secret shows, in whatever form."""

import base64


def forms(secret):
    """A secret as it is, and as it would look encoded, in base64 at any offset of a longer text."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    text = raw.decode("latin-1")
    encoded = {raw, raw.hex().encode(), raw.hex().upper().encode(), text.encode("utf-16-le"), text.encode("utf-16-be")}
    for shift in range(3):
        for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
            encoded.add(alphabet(bytes(shift) + raw)[4 if shift else 0 :].rstrip(b"=")[:-2])
    return encoded


def holds(text, secret):
    return any(form in text for form in forms(secret))
