"""`warder doctor` in a home of many profiles that all lack something."""

from doctor import codes, examined
from home import ROLE


def test_of_many_lost_sources_the_first_are_looked_for(working):
    """Each search takes time in proportion to the number of profiles."""
    for number in range(60):
        working.add_profile(f"team-{number}", f"warder_role_arn = {ROLE}", f"warder_source_profile = taem-{number}")
    report = examined(working)
    assert codes(report) == ["source_missing"], codes(report)
    commands = [finding["command"] for finding in report["findings"]]
    assert len(commands) == 60
    assert all(command.startswith("sed ") and "team-" in command for command in commands[:50]), commands[:50]
    assert all(command.startswith("${EDITOR:-vi} +") for command in commands[50:]), commands[50:]
