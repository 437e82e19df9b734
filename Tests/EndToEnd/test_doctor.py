"""`warder doctor` as a whole: what it prints, and how it ends."""

from doctor import Case, cases, examined, goes_through


def key_in_environment(home):
    return {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x" * 40}


@cases(Case("a key in the environment", key_in_environment, "environment_key"))
def test_a_fault_of_each_gravity_is_found_and_mended(home, case):
    goes_through(home, case)


def test_a_healthy_home_has_nothing_to_mend(home):
    assert examined(home)["findings"] == []
    assert home.good("doctor").splitlines()[-1] == "no problems found"
