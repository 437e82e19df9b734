"""Who decides which algorithms may run: libcrypto, where a distribution has switched FIPS on for all its contexts."""

import subprocess

import pytest

pytestmark = pytest.mark.needs("cc")

# Ends the program if it makes a library context of its own.
WATCH = "#include <stdlib.h>\nvoid *OSSL_LIB_CTX_new(void) { abort(); }\n"
FIPS_ON = "int EVP_default_properties_is_fips_enabled(void *context) { return 1; }\n"
# As a libcrypto with FIPS switched on, but without a FIPS module.
FIPS_ONLY = """
int EVP_default_properties_enable_fips(void *context, int enable);
__attribute__((constructor)) static void start(void) { EVP_default_properties_enable_fips(0, 1); }
"""


@pytest.fixture
def preload(tmp_path):
    def build(source):
        library = tmp_path / "preload.so"
        command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library]
        subprocess.run(command, input=source, text=True, check=True)
        return {"LD_PRELOAD": str(library)}

    return build


def test_a_warm_answer_has_a_context_of_its_own(working, preload):
    assert working.run("process", "prod", env=preload(WATCH)).code == -6


def test_with_fips_on_libcrypto_chooses_the_modules(working, preload):
    assert working.run("process", "prod", env=preload(WATCH + FIPS_ON)).code == 0


def test_with_fips_on_and_no_module_libcrypto_refuses(working, preload):
    result = working.run("process", "prod", env=preload(FIPS_ONLY))
    assert result.code not in (0, -6) and result.out == "", result
