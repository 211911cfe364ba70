"""What Debian's pyglet makes of the same text: reads cases from standard input, writes facts to standard output."""
import base64
import json
import sys

import pyglet

pyglet.options["debug_gl"] = False
window = pyglet.window.Window(400, 300, visible=False)

from pyglet import font, text  # noqa: E402  (they need the window)
from pyglet.text import caret, document, layout, runlist  # noqa: E402


def fonts(case):
    loaded = font.load(case.get("name"), case.get("size"), bold=case.get("bold", False), italic=case.get("italic", False), dpi=case.get("dpi"))
    glyphs = loaded.get_glyphs(case["text"])
    return {
        "name": loaded.name,
        "ascent": loaded.ascent,
        "descent": loaded.descent,
        "glyphs": [[glyph.advance, *glyph.vertices] for glyph in glyphs],
        "width": len(loaded.get_glyphs_for_width(case["text"], 100)),
    }


def make(case):
    if "html" in case:
        return text.decode_html(case["html"])
    if "attributed" in case:
        return text.decode_attributed(case["attributed"])
    made = document.FormattedDocument(case["text"])
    for start, end, style in case.get("styles", []):
        made.set_style(start, end, style)
    for start, end, style in case.get("paragraphs", []):
        made.set_paragraph_style(start, end, style)
    return made


def styles(made):
    return {name: [list(run) for run in runs] for name, runs in sorted(made._style_runs.items())}


def documents(case):
    made = make(case)
    for name, *args in case.get("steps", []):
        getattr(made, name)(*args)
    return {"text": made.text, "styles": styles(made), "paragraphs": [[made.get_paragraph_start(at), made.get_paragraph_end(at)] for at in range(len(made.text))]}


def layouts(case):
    made = make(case)
    options = case.get("options", {})
    result = layout.TextLayout(made, case.get("width"), case.get("height"), **options)
    for name in ("anchor_x", "anchor_y", "content_valign", "x", "y"):
        if name in case:
            setattr(result, name, case[name])
    lines = result._get_lines()
    quads = sorted(
        [int(number) for number in vertices[at : at + 8]]
        for vertices in (vertex_list.vertices[:] for vertex_list in result._vertex_lists)
        if len(vertices) >= 8
        for at in range(0, len(vertices), 8)
    )
    return {
        "lines": [[line.start, line.x, line.y, line.width, line.ascent, line.descent] for line in lines],
        "size": [result.content_width, result.content_height],
        "place": [result._get_left(), result._get_top(lines), result._get_bottom(lines)],
        "quads": [quad for quad in quads if quad[0] != quad[2] and quad[1] != quad[5]],
    }


def carets(case):
    made = make(case)
    shown = layout.IncrementalTextLayout(made, case["width"], case["height"], multiline=True)
    for name in ("x", "y"):
        if name in case:
            setattr(shown, name, case[name])
    edited = caret.Caret(shown)
    states = []
    for name, *args in case["steps"]:
        if name == "set":
            setattr(edited, *args)
        else:
            getattr(edited, name)(*args)
        states.append([name, made.text, edited.position, edited.mark, edited.line, shown.selection_start, shown.selection_end, shown.view_x, shown.view_y, [int(number) for number in edited._list.vertices[:]], shown.get_line_count()])
    return states


def lists(case):
    runs = runlist.RunList(*case["list"])
    for name, *args in case["steps"]:
        getattr(runs, name)(*args)
    return [list(run) for run in runs]


def pictures(case):
    gl = pyglet.gl
    window.switch_to()
    window.on_resize(400, 300)
    gl.glClearColor(*case.get("clear", [0.2, 0.3, 0.4, 1]))
    window.clear()
    kind = case["kind"]
    if kind == "label":
        shown = text.Label(case["text"], **case["options"])
    elif kind == "html":
        shown = text.HTMLLabel(case["text"], **case["options"])
    else:
        made = make(case)
        shown = getattr(layout, kind)(made, case["width"], case["height"], multiline=True)
        for name, value in case["set"]:
            setattr(shown, name, value)
        if kind == "IncrementalTextLayout":
            edited = caret.Caret(shown, color=(255, 0, 0))
            edited.position = case["caret"]
            edited.mark = case.get("mark")
            edited.PERIOD = 0
            edited.visible = True
    shown.draw()
    image = pyglet.image.get_buffer_manager().get_color_buffer().get_image_data()
    return base64.b64encode(image.get_data("RGB", image.width * 3)).decode()


KINDS = {"pictures": pictures, "fonts": fonts, "documents": documents, "layouts": layouts, "carets": carets, "lists": lists}
cases = json.load(sys.stdin)
json.dump({kind: [KINDS[kind](case) for case in listed] for kind, listed in cases.items()}, sys.stdout)
