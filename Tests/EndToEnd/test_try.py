"""What `make try` shows a newcomer."""

import subprocess

from home import TESTS, WARDER


def test_the_demonstration():
    done = subprocess.run(
        [TESTS / "try", WARDER], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        start_new_session=True)
    assert done.returncode == 0, done
    assert "-aws_secret_access_key = ****" in done.stdout and "stored the key alice" in done.stderr, done
    assert "/photos/holiday%20in%20Rome.txt?" in done.stdout and "\nCiao!\n" in done.stdout, done
    assert "assumed-role/Admin/" in done.stdout and "exit code 3" in done.stdout, done
