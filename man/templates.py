"""Pages that are written by hand, but for what stands elsewhere.

A template is mdoc(7), with lines that are replaced:

    @date                   the source's date
    @document FILE          a whole document, whose headings become the page's: the specification of a format
    @include FILE           what stands in a document below its title
    @include FILE#ANCHOR    what stands below another heading, up to the next one
    @subsection FILE#ANCHOR the same with the heading
    @subsections FILE#ANCHOR the same with the headings below it
    @usage                  the program's command line
    @commands               the commands by their groups
    @options                the program's own options
    @first-steps            the examples of the program's own help
"""

import commands
import discussion
import roff
from markdown import Markdown, exact, part


class TemplateError(Exception):
    """A line of a template names what is not there, or what no page can be made of."""


class Template:
    def __init__(self, root, grammar, date):
        """`root` is the folder of the source."""
        self.root = root
        self.grammar = grammar
        self.date = date

    def page(self, text):
        """The lines of the page; throws `TemplateError` for a line that cannot be replaced."""
        blocks = []
        for line in text.splitlines():
            if line.startswith("@"):
                try:
                    blocks += self.blocks(*line[1:].split())
                except (OSError, ValueError) as error:
                    raise TemplateError(f"{line}: {error}") from error
            elif line.startswith((".Sh ", ".Ss ")):
                blocks.append(roff.Block("head", [line]))
            elif blocks[-1].kind == "template":
                blocks[-1].lines.append(line)
            else:
                blocks.append(roff.Block("template", [line]))
        return roff.joined(blocks)

    def blocks(self, directive, operand=""):
        file, _, anchor = operand.partition("#")
        match directive:
            case "date":
                return [roff.Block("head", [f".Dd {self.date}"])]
            case "usage":
                return [roff.Block("head", commands.usage(self.grammar, ("warder",)))]
            case "commands":
                return commands.overview(self.grammar)
            case "options":
                more = [("h", commands.HELP), ("V", commands.VERSION)]
                return [block for title, entries in commands.parameters(self.grammar, more)
                        for block in (roff.section(title), entries)]
            case "first-steps":
                return discussion.read(self.grammar["discussion"]).examples
            case "include":
                return Markdown().blocks(part(self.text(file), anchor)[1])
            case "subsection" | "subsections":
                title, text = part(self.text(file), anchor, deep=directive == "subsections")
                return [roff.subsection(Markdown().bare(title)), *Markdown().blocks(text)]
            case "document":
                return Markdown(exact).blocks(self.text(file).partition("\n")[2])
        raise ValueError(f"@{directive} is no directive")

    def text(self, file):
        return (self.root / file).read_text(encoding="utf-8")
