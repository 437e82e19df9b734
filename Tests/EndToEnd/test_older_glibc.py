"""The release binary starts on glibc 2.34 and OpenSSL 3.0: Ubuntu 22.04, RHEL 9, Debian 12."""

import math
import re
import struct
import subprocess

import pytest
from home import WARDER
from tabs import TOP

# The newest symbols that it may need, of each library that gives its symbols versions.
NEWEST = {"GLIBC": (2, 34), "OPENSSL": (3, 0, 0)}


@pytest.mark.needs("readelf")
@pytest.mark.skipif("release" not in str(WARDER.resolve()), reason="the Swift runtime is linked into releases only")
def test_no_newer_symbol_is_needed():
    text = subprocess.run(["readelf", "-V", "-W", WARDER], capture_output=True, text=True, check=True).stdout
    needed = re.search(r"Version needs section.*", text, re.DOTALL)[0]
    names = set(re.findall(r"Name: (\S+)", needed))
    numbered = {name: re.fullmatch(r"([A-Z]+)_([\d.]+)", name) for name in names}
    # A name without a number, such as GLIBC_ABI_DT_RELR, stands for what an older glibc lacks.
    assert all(numbered.values()), names
    versions = {(match[1], tuple(int(part) for part in match[2].split("."))) for match in numbered.values()}
    assert {library: max(version for of, version in versions if of == library) for library in NEWEST} == NEWEST
    assert {of for of, _ in versions} == set(NEWEST)


DRIVER = r"""
#include "glibc-2.34.c"
#include <stdio.h>
#include <string.h>

static float made(unsigned bits) { float value; memcpy(&value, &bits, 4); return value; }

int main(void) {
    float all[] = {0, -0.0f, 1, -3, 4, 1e-45f, 1e-38f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN};
    for (int i = 0; i < 12; i++)
        for (int j = 0; j < 12; j++) printf("%a %a %a\n", all[i], all[j], hypotf(all[i], all[j]));
    srandom(1);
    for (int i = 0; i < 100000; i++) {
        float x = made((unsigned)random() * 2u), y = made((unsigned)random() * 2u);
        printf("%a %a %a\n", x, y, hypotf(x, y));
    }
    size_t lengths[] = {0, 1, 255, 257, 1 << 20};
    unsigned char *buffer = malloc((1 << 20) + 1);
    for (int i = 0; i < 5; i++) {
        memset(buffer, 0, (1 << 20) + 1);
        arc4random_buf(buffer, lengths[i]);
        size_t zeros = 0;
        for (size_t k = 0; k < lengths[i]; k++) zeros += buffer[k] == 0;
        if (buffer[lengths[i]] != 0 || zeros > lengths[i] / 128 + 20) return 1;
    }
    return _dl_find_object(main, NULL) == -1 ? 0 : 2;
}
"""


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


@pytest.mark.needs("cc")
def test_what_stands_in_for_newer_functions(tmp_path):
    """hypotf is exact to one unit in the last place; arc4random_buf fills what it is given, and no more."""
    (tmp_path / "driver.c").write_text(DRIVER)
    program = tmp_path / "driver"
    include = TOP / "Sources/CLinux"
    subprocess.run(["cc", "-O2", "-I", include, "-o", program, tmp_path / "driver.c", "-lm"], check=True)
    done = subprocess.run([program], capture_output=True, text=True)
    assert done.returncode == 0

    lines = done.stdout.splitlines()
    assert len(lines) == 100_144
    for line in lines:
        x, y, found = (float.fromhex(word) for word in line.split())
        expected = math.hypot(x, y)
        if math.isnan(expected):
            assert math.isnan(found), line
        elif expected > 3.4028235e38:
            assert math.isinf(found) or found > 3.4028234e38, line
        else:
            assert abs(bits(found) - bits(expected)) <= 1, line
