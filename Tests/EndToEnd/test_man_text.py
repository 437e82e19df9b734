"""No text becomes a request, a macro or an escape of roff: what help and documents say is what readers see."""

import random
import subprocess
import sys

import pytest
from manuals import shown_by_man, shown_by_mandoc, words
from tabs import TOP

sys.path.insert(0, str(TOP / "man"))
import commands  # noqa: E402
import markdown  # noqa: E402
import roff  # noqa: E402

pytestmark = [pytest.mark.needs("mandoc"), pytest.mark.needs("man")]

HOSTILE = [
    r"\fBbold\fP", r"C:\n", r"\\", r"\*(Tm", r"\(aq", r"\&x", "a\\", ".Sh", ".SH X", "'br", "'", '"', '"quoted"',
    "``a''",
    "--no-x", "-", "--", "~/.x", "^", "a^b", "`tick", "Nm", "Fl", "Xr", "%A", "No", "Ns", "Op", "El", ".", ",", "(", ")",
    "[", "]", "|", "(a)", "a.", ".warder", "...", "$x", "#", "%", "100%", "é", "‖", "2⁶³", "{}", "<b>", "&amp;", "a,b",
    "x:", ":", ";", "?", "!", "A.", "Dr.", "--a=b", "AWS_X", "role_arn", "/etc/x",
]


def page_of(node):
    root = {"name": "warder", "abstract": "", "discussion": "", "parameters": [], "usual": "", "commands": [node]}
    return "\n".join(commands.page(root, node, "November 30, 2026")) + "\n"


def command(abstract, discussion, text):
    option = {"name": "x", "role": "option", "required": False, "value": "text", "placeholder": "x", "help": text,
              "details": text}
    return {"name": "hostile", "group": "keys", "abstract": abstract, "discussion": discussion, "usual": None,
            "parameters": [option, option | {"role": "operand"}], "commands": []}


def assert_shown(source, text, tmp_path, *, literal=None):
    """Both programs show it, and neither warns."""
    page = tmp_path / "warder-hostile.1"
    page.write_text(source)
    by_man, warnings = shown_by_man(page)
    assert warnings == "", (text, warnings)
    lint = subprocess.run(["mandoc", "-T", "lint", page], capture_output=True, text=True)
    rest = [line for line in lint.stdout.splitlines() if "referenced manual not found" not in line]
    # A page that names macros where a sentence is expected is odd; it is not wrong.
    assert [line for line in rest if "STYLE" not in line] == [], text
    for shown in (by_man, shown_by_mandoc(page)):
        assert seen(text) in seen(shown), (text, shown)
        if literal:
            assert f"\n       {literal}\n" in shown, (literal, shown)


def seen(text):
    """Text without spaces and line ends, whose breaks are the reader's, and with the quotes of a typewriter."""
    plain = words(text).replace("‘", "`").replace("“", '"').replace("”", '"')
    return plain.replace(" ", "").replace("``", '"').replace("''", '"')


@pytest.mark.parametrize("text", HOSTILE)
def test_help(text, tmp_path):
    at_start, within = f"{text} begins.", f"It has {text} within, and ({text}), {text}: then {text}, ends on {text}"
    discussion = f"{at_start}\n\n{within}\n{text}\n\nexamples:\n  {text}\n  warder {text} x  {text}"
    source = page_of(command(f"Has {text} in it.", discussion, within))
    assert_shown(source, within + text, tmp_path, literal=text)
    assert_shown(source, at_start, tmp_path)


@pytest.mark.parametrize("text", [text for text in HOSTILE if "`" not in text])
def test_documents(text, tmp_path):
    """Between backticks, in headings, lists and tables, at the beginning of a line and within."""
    cell = text.replace("|", r"\|")
    document = (
        f"# Title\n\n`{text}` begins, and `{text}`'s, (`{text}`), `{text}`.\n\n- `{text}`\n- has `{text}`: yes\n\n"
        f"| one | does |\n| --- | --- |\n| `{cell}` | `{cell}` |\n| `{cell}`, `{cell}` x | is `{cell}` |\n\n"
        f"```\n{text}\n```\n")
    for code in (markdown.exact, markdown.Markdown().code):
        made = markdown.Markdown(code)
        head = [".Dd November 30, 2026", ".Dt HOSTILE 1", ".Os", ".Sh NAME", ".Nm hostile", ".Nd x", ".Sh DESCRIPTION"]
        source = "\n".join(head + roff.joined(made.blocks(document.partition("\n")[2]))) + "\n"
        quoted = f"`{text}'" if code is markdown.exact or made.pieces(f"`{text}`")[0].macro == "Ql" else text
        assert_shown(source, f"{quoted} begins, and {quoted}'s, ({quoted}), {quoted}.", tmp_path, literal=text)
        assert_shown(source, f"has {quoted}: yes", tmp_path)


def test_any_text_at_all(tmp_path):
    """What no list has thought of: signs and names of macros in any order."""
    chance = random.Random(20)
    alphabet = list(r"""\.'"`-~^%&()[]{}|,:;?!$#*+<>=/_ab1""") + ["Nm", "Fl ", " ", " ", "  ", "é", r"\f", r"\s", ".\\"]
    for _ in range(40):
        text = " ".join("".join(chance.choices(alphabet, k=12)).split())
        source = page_of(command("Is odd.", f"It says {text}\n\nexample: {text}", f"Then {text} ends"))
        assert_shown(source, f"It says {text}", tmp_path)
        assert_shown(source, f"Then {text} ends", tmp_path)


def test_a_control_character_is_refused():
    with pytest.raises(ValueError, match="control character"):
        page_of(command("Is odd.", "It has a bell\x07.", "x"))
