"""Drawings for tests: as programs write them, and files made to do harm."""

from __future__ import annotations

SVG = 'xmlns="http://www.w3.org/2000/svg"'
LINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
BOX = 'viewBox="0 0 100 50"'
SHAPE = '<path d="M1 2L3 4"/>'
KEPT = f"""<svg viewBox="0 0 100 50" {SVG}>
<path d="M1 2 L3 4"/>
</svg>"""


def svg(inside: str, more: str = "") -> str:
    """Return a drawing with this in it."""
    return f"<svg {SVG} {LINK} {BOX} {more}>{inside}</svg>"


INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="210mm" height="87.5mm" viewBox="0 0 210 87.5" version="1.1" id="svg5" inkscape:version="1.3.2"
   sodipodi:docname="knee.svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns="http://www.w3.org/2000/svg"
   xmlns:svg="http://www.w3.org/2000/svg" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
   xmlns:cc="http://creativecommons.org/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <sodipodi:namedview id="namedview7" pagecolor="#ffffff" inkscape:zoom="0.7">
    <inkscape:grid type="xygrid" id="grid1"/></sodipodi:namedview>
  <defs id="defs2"><linearGradient id="left-over"><stop offset="0" style="stop-color:#000"/></linearGradient></defs>
  <metadata id="metadata4"><rdf:RDF><cc:Work rdf:about="">
    <dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/></cc:Work></rdf:RDF></metadata>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" transform="translate(-3.1415926535,2)">
    <path style="fill:none;stroke:#24383c;stroke-width:1.0583333px;stroke-linecap:round;-inkscape-stroke:none;font-family:Curlz"
       d="m 10,20 c 5.0000001,0 10,5 10,10 a 5,5 0 0 1 -5,5 z" id="path1" sodipodi:nodetypes="ccc" />
    <ellipse style="fill:#ecd3bf" id="path2" cx="40" cy="30" rx="4.5" ry="4.5"><title id="t">Head</title></ellipse>
  </g>
  <g inkscape:label="Hidden" id="layer2" style="display:none"><rect width="10" height="10" /></g>
</svg>
"""
ILLUSTRATOR = """<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 27.0.0, SVG Export Plug-In -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" id="Layer_1" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" x="0px" y="0px"
  viewBox="0 0 360 150" style="enable-background:new 0 0 360 150;" xml:space="preserve">
<style type="text/css"><![CDATA[
  .st0{fill:#FFFFFF;stroke:#24383C;stroke-width:2.5;stroke-miterlimit:10;}
  .st1, .st2 { fill: none }
  /* the muscle */ .st2{stroke:rgb(11, 93, 102)}
]]></style>
<g><polygon class="st0" points="10,10 20,10 20,20 "/><line class="st1" x1="1" y1="2" x2="30" y2="40"/>
<path class="st2 muscle" d="M1,1h10v10H1V1z"/></g>
</svg>
"""
FIGMA = """<svg width="360" height="150" viewBox="0 0 360 150" fill="none" xmlns="http://www.w3.org/2000/svg">
<g clip-path="url(#clip0_1_2)"><rect width="360" height="150" fill="white"/>
<circle cx="40" cy="40" r="12.5" stroke="black" stroke-width="2" fill-opacity="50%"/></g>
<defs><clipPath id="clip0_1_2"><rect width="360" height="150" fill="white"/></clipPath></defs></svg>"""
OPTIMISED = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round"><path d="M4 4a2 2 0 012-2h.5l-.25.75.5-1z"/><path d="M.5.5-1-1e1"/></svg>'
)
GOOGLE = """<svg version="1.1" viewBox="0.0 0.0 960.0 720.0" fill="none" stroke="none" stroke-linecap="square"
stroke-miterlimit="10" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg">
<clipPath id="p.0"><path d="m0 0l960.0 0l0 720.0l-960.0 0l0 -720.0z" clip-rule="nonzero"/></clipPath><g clip-path="url(#p.0)">
<path fill="#000000" fill-opacity="0.0" d="m0 0l960.0 0l0 720.0l-960.0 0z" fill-rule="evenodd"/>
<path stroke="#595959" stroke-width="1.0" d="m100.5 200.25l40.0 0" fill-rule="evenodd"/></g></svg>"""
POWERPOINT = """<svg width="1280" height="720" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 xml:space="preserve" overflow="hidden">
<defs><clipPath id="clip0"><rect x="10" y="20" width="1280" height="720"/></clipPath></defs>
<g clip-path="url(#clip0)" transform="translate(-10 -20)"><rect x="10" y="20" width="1280" height="720" fill="#FFFFFF"/>
<path d="M100 200C100 90 190 90 190 200" stroke="#042433" stroke-width="1.5" fill="none" fill-rule="evenodd"/></g></svg>"""
#: A file as a program writes it, with what has to be left of it.
USUAL = {
    "Inkscape": (
        INKSCAPE,
        """<svg viewBox="0 0 210 87.5" xmlns="http://www.w3.org/2000/svg">
<g transform="translate(-3.14159 2)">
<path d="m10 20 c5 0 10 5 10 10 a5 5 0 0 1 -5 5 z" fill="none" stroke="#24383c"
stroke-linecap="round" stroke-width="1.05833"/>
<ellipse cx="40" cy="30" fill="#ecd3bf" rx="4.5" ry="4.5"/>
</g>
</svg>""",
    ),
    "Illustrator": (
        ILLUSTRATOR,
        """<svg viewBox="0 0 360 150" xmlns="http://www.w3.org/2000/svg">
<g>
<polygon fill="#ffffff" points="10 10 20 10 20 20" stroke="#24383c" stroke-miterlimit="10"
stroke-width="2.5"/>
<line fill="none" x1="1" x2="30" y1="2" y2="40"/>
<path class="muscle" d="M1 1 h10 v10 H1 V1 z" fill="none" stroke="#0b5d66"/>
</g>
</svg>""",
    ),
    "Figma": (
        FIGMA,
        """<svg fill="none" viewBox="0 0 360 150" xmlns="http://www.w3.org/2000/svg">
<g>
<rect fill="white" height="150" width="360"/>
<circle cx="40" cy="40" fill-opacity="0.5" r="12.5" stroke="black" stroke-width="2"/>
</g>
</svg>""",
    ),
    "Google Drawings": (
        GOOGLE,
        """<svg fill="none" stroke="none" stroke-linecap="square" stroke-miterlimit="10" viewBox="0 0 960
720" xmlns="http://www.w3.org/2000/svg">
<g>
<path d="m0 0 l960 0 l0 720 l-960 0 z" fill="#000000" fill-opacity="0" fill-rule="evenodd"/>
<path d="m100.5 200.25 l40 0" fill-rule="evenodd" stroke="#595959" stroke-width="1"/>
</g>
</svg>""",
    ),
    "PowerPoint": (
        POWERPOINT,
        """<svg viewBox="0 0 1280 720" xmlns="http://www.w3.org/2000/svg">
<g transform="translate(-10 -20)">
<rect fill="#ffffff" height="720" width="1280" x="10" y="20"/>
<path d="M100 200 C100 90 190 90 190 200" fill="none" fill-rule="evenodd" stroke="#042433"
stroke-width="1.5"/>
</g>
</svg>""",
    ),
    "an optimiser": (
        OPTIMISED,
        """<svg fill="none" stroke="black" stroke-linecap="round" stroke-width="2" viewBox="0 0 24 24"
xmlns="http://www.w3.org/2000/svg">
<path d="M4 4 a2 2 0 0 1 2 -2 h0.5 l-0.25 0.75 l0.5 -1 z"/>
<path d="M0.5 0.5 L-1 -10"/>
</svg>""",
    ),
}

#: What would run, load, move, or look different without it: refused, with what the sentence says.
REFUSED = {
    "a script": (svg(f"<script>alert(1)</script>{SHAPE}"), "script"),
    "a script of another file": (svg(f'<script xlink:href="//evil.example/a.js"/>{SHAPE}'), "script"),
    "a script among what is not seen": (svg(f"<defs><script>1</script></defs>{SHAPE}"), "script"),
    "a script in a namespace of its own": (svg(f'<x:script xmlns:x="urn:x">1</x:script>{SHAPE}'), "script"),
    "a script of a web page": (svg(f'<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>{SHAPE}'), "script"),
    "a frame of a web page": (svg(f'<h:iframe xmlns:h="http://www.w3.org/1999/xhtml"/>{SHAPE}'), "script"),
    "an element of a web page": (
        svg(f'<h:b xmlns:h="http://www.w3.org/1999/xhtml">x</h:b>{SHAPE}'),
        "script",
    ),
    "a handler of the drawing": (svg(SHAPE, 'onload="alert(1)"'), "script"),
    "a handler of a shape": (svg('<path d="M1 2L3 4" onclick="alert(1)"/>'), "script"),
    "a handler in capitals": (svg('<path d="M1 2L3 4" OnMouseOver="alert(1)"/>'), "script"),
    "a handler among what is not seen": (svg(f'<metadata onfocus="1"/>{SHAPE}'), "script"),
    "an old handler": (svg(f'<handler type="text/ecmascript">1</handler>{SHAPE}'), "script"),
    "a web page inside": (svg(f"<foreignObject><b>x</b></foreignObject>{SHAPE}"), "script"),
    "a video": (svg(f'<video src="//evil.example/v"/>{SHAPE}'), "script"),
    "an embedded object": (svg(f'<embed src="//evil.example/v"/>{SHAPE}'), "script"),
    "an animation": (svg('<path d="M1 2L3 4"><animate attributeName="x" to="5"/></path>'), "moves"),
    "an animation that sets a link": (
        svg(f'<set attributeName="href" to="javascript:alert(1)"/>{SHAPE}'),
        "moves",
    ),
    "an animated transform": (svg(f'<animateTransform attributeName="transform"/>{SHAPE}'), "moves"),
    "an animated motion": (svg(f'<animateMotion path="M1 1L2 2"/>{SHAPE}'), "moves"),
    "a photo": (svg(f'<image xlink:href="https://evil.example/p.png"/>{SHAPE}'), "photo"),
    "a photo in the file": (svg(f'<image href="data:image/png;base64,AAAA"/>{SHAPE}'), "photo"),
    "a drawing in a photo": (svg(f'<image href="data:image/svg+xml,&lt;svg onload=1>"/>{SHAPE}'), "photo"),
    "a photo in a filter": (svg(f'<filter><feImage href="//evil.example"/></filter>{SHAPE}'), "photo"),
    "a link": (svg(f'<a xlink:href="javascript:alert(1)">{SHAPE}</a>'), "link"),
    "a plain link": (svg(f'<a href="https://evil.example">{SHAPE}</a>'), "link"),
    "a link of a shape": (svg('<path d="M1 2L3 4" xlink:href="https://evil.example"/>'), "outside"),
    "a copy of another file's part": (svg(f'<use href="https://evil.example/a.svg#x"/>{SHAPE}'), "copies"),
    "a copy of what is in an address": (
        svg(f'<use xlink:href="data:image/svg+xml;base64,AA#x"/>{SHAPE}'),
        "copies",
    ),
    "copies of copies": (svg('<g id="a"><use href="#a"/><use href="#a"/></g>'), "copies"),
    "a choice": (svg(f"<switch>{SHAPE}</switch>"), "copies"),
    "a drawing in the drawing": (svg(f"<svg>{SHAPE}</svg>"), "copies"),
    "text": (svg(f'<text x="1" y="9">10 times</text>{SHAPE}'), "text"),
    "a style sheet of another file": (
        f'<?xml-stylesheet href="//evil.example/a.css"?>{svg(SHAPE)}',
        "outside",
    ),
    "an import": (svg(f'<style>@import "//evil.example/a.css";</style>{SHAPE}'), "outside"),
    "an import by address": (svg(f"<style>@IMPORT url(//evil.example/a.css)</style>{SHAPE}"), "outside"),
    "a rule that loads": (svg(f"<style>path{{cursor:url(//evil.example)}}</style>{SHAPE}"), "outside"),
    "a rule for the page": (svg(f"<style>body > div {{fill:red}}</style>{SHAPE}"), "style sheet"),
    "a style that loads": (svg('<path d="M1 2L3 4" style="background:url(//evil.example)"/>'), "outside"),
    "a style that loads, written otherwise": (
        svg(r'<path d="M1 2L3 4" style="background:u\72l(//evil)"/>'),
        "outside",
    ),
    "an old binding": (svg('<path d="M1 2L3 4" style="-moz-binding:url(//evil.example#x)"/>'), "outside"),
    "an old behaviour": (svg('<path d="M1 2L3 4" style="behavior:url(#default)"/>'), "outside"),
    "a fill from elsewhere": (
        svg('<path d="M1 2L3 4" fill="url(https://evil.example/a.svg#x)"/>'),
        "gradient",
    ),
    "a gradient": (svg('<path d="M1 2L3 4" style="fill:url(#g)"/>'), "gradient"),
    "a fill with something to fall back on": (svg('<path d="M1 2L3 4" fill="url(#g) red"/>'), "gradient"),
    "a filter from elsewhere": (svg('<path d="M1 2L3 4" filter="url(//evil.example#f)"/>'), "cut out"),
    "a mask": (svg('<path d="M1 2L3 4" mask="url(#m)"/>'), "cut out"),
    "a clip that cuts": (
        svg(
            '<clipPath id="c"><rect width="50" height="50"/></clipPath><path d="M1 2L3 4" clip-path="url(#c)"/>'
        ),
        "cut out",
    ),
    "a whole clip that is moved": (
        svg(
            '<clipPath id="c"><rect width="100" height="50"/></clipPath>'
            '<g transform="translate(50)"><path d="M1 2L3 4" clip-path="url(#c)"/></g>'
        ),
        "cut out",
    ),
    "a clip with round corners": (
        svg(
            '<clipPath id="c"><rect width="100" height="50" rx="20"/></clipPath><g clip-path="url(#c)"><path d="M1 2L3 4"/></g>'
        ),
        "cut out",
    ),
    "a clip that crosses itself": (
        svg(
            '<clipPath id="c"><path d="M0 0L100 50L100 0L0 50Z"/></clipPath><g clip-path="url(#c)"><path d="M1 2L3 4"/></g>'
        ),
        "cut out",
    ),
    "a clip that leaves a corner out": (
        svg(
            '<clipPath id="c"><path d="M0 0H100V50H50V25H0Z"/></clipPath><g clip-path="url(#c)"><path d="M1 2L3 4"/></g>'
        ),
        "cut out",
    ),
    "an arrow head": (svg('<path d="M1 2L3 4" style="marker-end:url(#arrow)"/>'), "arrow heads"),
    "a colour that is none": (svg('<path d="M1 2L3 4" fill="javascript:alert(1)"/>'), "fill"),
    "a colour that computes": (svg('<path d="M1 2L3 4" style="fill:expression(alert(1))"/>'), "fill"),
    "a colour of the page": (svg('<path d="M1 2L3 4" fill="var(--secret)"/>'), "fill"),
    "a transform that is none": (svg('<path d="M1 2L3 4" transform="evil(1)"/>'), "transform"),
    "a path that is none": (svg('<path d="M1 2 javascript:"/>'), "“M1 2 javascript:”"),
    "a number without an end": (svg('<path d="M1e999 2L3 4"/>'), "1e999"),
    "no number": (svg('<circle r="NaN"/>'), "NaN"),
    "a negative radius": (svg('<circle r="-5"/>'), "-5"),
    "an unknown part": (svg(f"<blink/>{SHAPE}"), "not known here: blink"),
    "entities that grow": (
        f'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg {SVG} {BOX}>&b;{SHAPE}</svg>',
        "DOCTYPE",
    ),
    "an entity from a file": (
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg {SVG} {BOX}>&x;{SHAPE}</svg>',
        "DOCTYPE",
    ),
    "a list of elements from elsewhere": (
        f'<!DOCTYPE svg SYSTEM "http://evil.example/a.dtd"><svg {SVG} {BOX}>{SHAPE}</svg>',
        "DOCTYPE",
    ),
    "another program's list of elements": (
        f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://evil.example/a.dtd"><svg {SVG} {BOX}>{SHAPE}</svg>',
        "DOCTYPE",
    ),
    "attributes from a list of elements": (
        f'<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]><svg {SVG} {BOX}>{SHAPE}</svg>',
        "DOCTYPE",
    ),
    "no SVG": ("<html><body>x</body></html>", "no SVG drawing"),
    "no XML": ("<svg", "no SVG file"),
    "nothing": ("", "no SVG file"),
    "a name that stands for nothing": (svg(f"&nbsp;{SHAPE}"), "no SVG file"),
    "half a letter": (svg(SHAPE) + "\ud800", "no SVG file"),
    "no size": (f"<svg {SVG}>{SHAPE}</svg>", "viewBox"),
    "a size of nothing": (f'<svg {SVG} width="0" height="5">{SHAPE}</svg>', "size"),
    "a size in something else": (f'<svg {SVG} width="100%" height="100%">{SHAPE}</svg>', "size"),
    "no width": (f'<svg {SVG} viewBox="0 0 0 50">{SHAPE}</svg>', "viewBox"),
    "nothing to see": (svg("<g/>"), "nothing to see"),
    "too many rules": (svg(f"<style>{'a{fill:red}' * 301}</style>{SHAPE}"), "style sheet"),
    "a long value": (svg(f'<path d="M1 2L3 4" fill="rgb(1{" " * 2000}"/>'), "fill"),
    "too many parts that are not seen": (svg('<g display="none"/>' * 5_001 + SHAPE), "too many parts"),
    "too many parts": (svg(SHAPE * 401), "too many parts"),
    "groups without an end": (svg("<g>" * 2000 + SHAPE + "</g>" * 2000), "too deep"),
    "a long path": (svg(f'<path d="M1 2{"L3.25 4.25" * 3000}"/>'), "too large"),
    "a huge file": (svg(SHAPE + "<!--" + "x" * 300_000 + "-->"), "too large"),
}

#: What the picture does not need: left out.
LEFT_OUT = {
    "a comment": svg(f"<!-- <script>1</script> -->{SHAPE}"),
    "a note to a program": svg(f"<?php evil() ?>{SHAPE}"),
    "a title and a description": svg(f"<title>x</title><desc>&lt;script></desc>{SHAPE}"),
    "an id that the page has": svg('<path id="root" name="body" d="M1 2L3 4"/>'),
    "classes of the page": svg('<path class="stApp coach-button cue" d="M1 2L3 4"/>'),
    "a style for the page": svg('<path style="position:fixed;inset:0;z-index:9;width:100vw" d="M1 2L3 4"/>'),
    "a role": svg('<path role="button" tabindex="0" aria-label="Stop" data-cue="go" d="M1 2L3 4"/>'),
    "a base address": svg('<path xml:base="//evil.example/" xml:space="preserve" d="M1 2L3 4"/>'),
    "a style sheet for another theme": svg(
        f"<style>@media print {{ path {{ fill: url(//evil) }} }}</style>{SHAPE}"
    ),
    "a font": svg(f"<style>@font-face {{ src: url(//evil) }}</style>{SHAPE}"),
    "motion in a style sheet": svg(
        f"<style>@keyframes a {{ to {{ opacity: 0 }} }} path {{ animation: a 1s }}</style>{SHAPE}"
    ),
    "words between shapes": svg(f"alert(1)<![CDATA[<script>1</script>]]>{SHAPE}"),
    "what another program added": svg(f'<x:note xmlns:x="urn:x" x:onload="1">{SHAPE}</x:note>{SHAPE}'),
    "what is not shown": svg(f'<path d="M5 5L6 6" display="none"/>{SHAPE}'),
    "a shape without a size": svg(f'<rect x="5"/>{SHAPE}'),
    "no namespace": f"<svg {BOX}>{SHAPE}</svg>",
    "another size": svg(SHAPE, 'width="1000000" height="100%" preserveAspectRatio="none"'),
}
