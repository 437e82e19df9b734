"""A client: another program or library that reads from AWS, and what it is known to do."""

import dataclasses
import importlib.metadata
import pathlib
import shutil
import subprocess

# How credentials reach a program: it runs `warder process`, it has them from `warder exec`, or it fetches them from
# `warder exec --serve`.
WAYS = ("process", "exec", "serve")


@dataclasses.dataclass(frozen=True)
class Client:
    """It gets `AWS_ENDPOINT_URL`, `AWS_REGION` and, to run warder itself, `AWS_PROFILE`; and reads `greeting`."""

    name: str
    # Whose code looks for credentials.
    built_on: str
    # Its words, with `{bin}`, `{packages}` and `{url}` for where its packages are and for the endpoint.
    command: tuple = ()
    # Or a program for the Python that its packages are installed for.
    program: str = ""
    # For pip; the version of the first one counts.
    packages: tuple = ()
    # Or the package of Debian's.
    debian: str = ""
    # What it needs in its environment.
    variables: dict = dataclasses.field(default_factory=dict)
    # The ways that it does not know.
    lacks: tuple = ()
    # Whether it shows warder's message where `process` fails, and how often it runs warder before it gives up.
    shows: bool = True
    runs: int = 1
    # Whether it shows the message of `exec --serve` where that has no credentials any more.
    shows_served: bool = True
    # What its user must set beyond the profile's name.
    to_set: str = ""
    # Whether it has to be installed for the test run.
    in_tests: bool = False

    def row(self, version):
        """Its row of the table in docs/clients.md."""
        ways = ["no" if way in self.lacks else "yes" for way in WAYS]
        seen = "shown" if self.shows else "hidden"
        runs = f"{seen}, {self.runs} {'run' if self.runs == 1 else 'runs'}"
        served = "shown" if self.shows_served else "hidden"
        failing = ["–" if "process" in self.lacks else runs, "–" if "serve" in self.lacks else served]
        return f"| {' | '.join([self.name, version, self.built_on, *ways, self.to_set, *failing])} |"

    def words(self, venv, url):
        """The command that runs it, with packages in this virtual environment."""
        binaries = pathlib.Path(venv) / "bin"
        if self.program:
            return [str(binaries / "python"), "-c", self.program]
        return [word.format(bin=binaries, packages=packages_of(venv), url=url) for word in self.command]

    def version(self, venv):
        """The version that is installed; None where it is not, or what runs it is not."""
        if self.command and "{" not in self.command[0] and not shutil.which(self.command[0]):
            return None
        if self.debian:
            query = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${source:Upstream-Version}", self.debian]
            status, _, version = subprocess.run(query, capture_output=True, text=True).stdout.partition(" ")
            return version.split("+")[0] if status == "installed" else None
        name = self.packages[0].partition("==")[0]
        found = importlib.metadata.distributions(name=name, path=[str(packages_of(venv))])
        return next((distribution.version for distribution in found), None)


def packages_of(venv):
    (folder,) = pathlib.Path(venv).glob("lib/python3*/site-packages")
    return folder
