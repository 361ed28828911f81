"""What stands in a page: the texts that people read or hear, and the forms that they fill in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

SPOKEN = ("aria-label", "placeholder", "title", "alt", "content")
SILENT = {"script", "style", "template", "noscript"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
TYPED = {"text", "search", "email", "tel", "url", "password", "number", "date", "hidden"}


@dataclass
class Form:
    """Where a form goes and what it sends: name -> value as it stands; `typed` are free fields.

    `names` are those of all its fields, boxes that are not ticked too.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """Texts in the page's own language, and forms; what is marked as another language is left out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.forms: list[Form] = []
        self._hidden: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_foreign = tag != "html" and "lang" in given
        if tag not in VOID and (self._hidden or tag in SILENT or is_foreign):
            self._hidden.append(tag)
        # What kind of thing a page is of stands there in a word for machines.
        if not self._hidden and given.get("property") != "og:type":
            self.texts += [given[name].strip() for name in SPOKEN if given.get(name, "").strip()]
        self._read_form(tag, given)

    def _read_form(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        name = given.get("name", "")
        self._form.names.add(name)
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in {"checkbox", "radio", "file"} or "checked" in given:
                self._form.fields[name] = given.get("value", "")
            if kind in TYPED and name != "csrfmiddlewaretoken":
                self._form.typed.append(name)
        if tag == "textarea" and name:
            self._form.fields[name] = ""
            self._form.typed.append(name)
        if tag == "select":
            self._select = name
        if (
            tag == "option"
            and self._select
            and ("selected" in given or self._select not in self._form.fields)
        ):
            self._form.fields[self._select] = given.get("value", "")
        if tag == "button" and name:
            self._form.fields.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden and (text := " ".join(data.split())):
            self.texts.append(text)
