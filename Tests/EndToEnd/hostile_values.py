"""Five hundred session tokens that mean something to one shell or another, and what warder prints of them."""

import concurrent.futures
import json
import random

from home import Home
from shells import SHELLS

PIECES = """
' " ` \\ $ ; & | < > ( ) { } [ ] * ? ! # ~ = : % @ ^ , + - -- -n $HOME ${HOME} $(touch\u00a0ran) `touch\u00a0ran`
'' \\' \\" \\\\ $$ !! =ls ~root /* ../ ;; && || {a,b} [a-z] $'\\n' <(x) ::add-mask:: %0A <<EOF A=b null false; é 日本
e\u0301 \u202e \u200b \ufeff \u2028 \u0085 ‘ ’ ‚ ‛ “ ” 中; 中' 中\\ 😀 \ufdd0 \uf600 \uffff \U0010ffff $Env:PATH `n @' --%
""".split()
PIECES = [piece.replace("\u00a0", " ") for piece in PIECES] + [" ", "  "]
CONTROL = ["\n", "\r", "\0", "\t", "\x1b[2J", "\x7f", "\x07"]
TOKEN = "AWS_SESSION_TOKEN"


def hostile():
    """The same five hundred each time."""
    generator = random.Random(500)
    values = [*PIECES, "x" * 4096 + "'$(touch ran)"]
    while len(values) < 500:
        value = "".join(generator.choices(PIECES, k=generator.randint(1, 6)))
        if generator.random() < 0.1:
            value += generator.choice(CONTROL) + "touch ran"
        if value not in values:
            values.append(value)
    return values


def is_controlled(value):
    return any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in value)


def printed_of(root, syntax_of):
    """(syntax, token, what warder did with it, a file that it may have written) for every token, in one home.

    `syntax_of` says in which syntax each is printed, by its number.
    """
    home = Home(root)
    values = hostile()
    config = []
    for number, value in enumerate(values):
        answer = {"Version": 1, "AccessKeyId": "ASIAHOSTILE", "SecretAccessKey": "s3cret", "SessionToken": value,
                  "Expiration": "2099-01-01T00:00:00Z"}
        (root / f"{number}.json").write_text(json.dumps(answer))
        config.append(f"[profile p{number}]\ncredential_process = /bin/cat {root}/{number}.json\n")
    home.config("".join(config))

    def printed(number):
        syntax = syntax_of(number)
        option = "--shell" if syntax in SHELLS else "--format"
        file = root / f"{number}.env"
        file.touch()
        result = home.run("env", option, syntax, f"p{number}", env={"GITHUB_ENV": str(file)})
        return syntax, values[number], result, file

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(printed, range(len(values))))
    home.clean()
    assert not (root / "ran").exists()
    return results


def is_noncharacter(letter):
    return 0xFDD0 <= ord(letter) <= 0xFDEF or ord(letter) & 0xFFFE == 0xFFFE


def refusable(syntax, value):
    """Control characters nowhere, what dotenv's readers disagree on, what systemd takes for malformed."""
    if syntax == "dotenv" and set(value) & set("'\\$"):
        return True
    return is_controlled(value) or syntax == "systemd" and any(map(is_noncharacter, value))


def taken(syntax, results):
    """Those that were not refused; the others were, each with a message and for a reason."""
    good = []
    for value, result, file in results:
        if refusable(syntax, value):
            result.explained()
            assert result.code in (1, 8), (value, result)
        else:
            assert result.code == 0, (value, result)
            good.append((value, result, file))
    assert len(good) >= 10
    return good
