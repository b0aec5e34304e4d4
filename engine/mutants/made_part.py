"""The part of a README that a table.py makes: between two lines, and nobody's to edit."""

from apply import Broken

BEGIN = "<!-- made by mutants/table.py --write -->\n"
END = "<!-- end of the made part -->\n"


def split(readme):
    """What is before the made part, the part, what is behind it. Raises Broken."""
    text = readme.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise Broken(f"{readme} must hold the lines {BEGIN.strip()} and {END.strip()} once each")
    before, rest = text.split(BEGIN)
    made, behind = rest.split(END)
    return before + BEGIN, made, END + behind


def read(readme):
    return split(readme)[1]


def write(readme, made):
    before, _, behind = split(readme)
    readme.write_text(before + made + behind, encoding="utf-8")
