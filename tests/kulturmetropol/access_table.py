"""Who gets what at every address: for each name in the URL conf a row, by method and role."""

# The columns of the table: those who meet the portal in the same way.
COLUMNS = {
    "anonymous": ["anonymous"],
    "stranger": ["nobody", "guest", "former_chair"],
    "reader": ["chair", "chair_elsewhere", "culture_head"],
    "editor": ["staff", "admin"],
    "foreigner": ["outsider", "outside_admin"],
}
ROLES = [role for roles in COLUMNS.values() for role in roles]


def row(get: str, post: str) -> dict[str, dict[str, int]]:
    """By method and role the status, from one number for each column."""
    return {
        method: {
            role: int(status)
            for roles, status in zip(COLUMNS.values(), statuses.split(), strict=True)
            for role in roles
        }
        for method, statuses in (("get", get), ("post", post))
    }


#                 anonymous, stranger, reader, editor, foreigner
LIST = row(get="302 404 200 200 200", post="302 405 405 405 405")
DETAIL = row(get="302 404 200 200 404", post="302 405 405 405 405")
CREATE = row(get="302 404 403 200 200", post="302 404 403 200 200")
UPDATE = row(get="302 404 403 200 404", post="302 404 403 200 404")
DELETE = row(get="302 404 403 200 404", post="302 404 403 302 404")
HISTORY = row(get="302 404 200 200 404", post="302 405 405 405 405")
DELETED = row(get="302 404 403 200 200", post="302 404 403 405 405")
RESTORE = row(get="302 404 403 405 405", post="302 404 403 302 404")
# taking back without saying which version one saw is a conflict
REVERT = row(get="302 404 403 200 404", post="302 404 403 409 404")
MOVE = row(get="302 405 405 405 405", post="302 404 403 302 404")
# drafts of memos are the secretariat's alone: to chairs and culture heads they are not there
MEMO_LIST = row(get="302 404 404 200 200", post="302 405 405 405 405")
MEMO_ONE = row(get="302 404 404 200 404", post="302 405 405 405 405")
MEMO_CREATE = row(get="302 404 404 200 200", post="302 404 404 200 200")
MEMO_UPDATE = row(get="302 404 404 200 404", post="302 404 404 200 404")
MEMO_DELETE = row(get="302 404 404 200 404", post="302 404 404 302 404")
MEMO_REVERT = row(get="302 404 404 200 404", post="302 404 404 409 404")
MEMO_DELETED = row(get="302 404 404 200 200", post="302 404 404 405 405")
MEMO_RESTORE = row(get="302 404 404 405 405", post="302 404 404 302 404")

SECRETARIAT_EDITED = {
    "create": MEMO_CREATE,
    "update": MEMO_UPDATE,
    "delete": MEMO_DELETE,
    "history": MEMO_ONE,
    "revert": MEMO_REVERT,
    "deleted": MEMO_DELETED,
    "restore": MEMO_RESTORE,
}
EVERYBODY = row(get="200 200 200 200 200", post="200 200 200 200 200")
# a button that does one thing, once
ONE_STEP = row(get="302 405 405 405 405", post="302 404 404 302 404")
STEP_OF_ADMINS = {"get": ONE_STEP["get"], "post": ONE_STEP["post"] | {"staff": 403}}
SECRETARIAT = {"list": MEMO_LIST, "detail": MEMO_ONE, **SECRETARIAT_EDITED}


def for_admins(page: dict, **others: int) -> dict:
    """Staff read what admins alone write."""
    return {method: statuses | {"staff": 403} | others for method, statuses in page.items()}


def with_guests(page: dict) -> dict:
    """Guests meet it as readers do."""
    return {method: statuses | {"guest": statuses["chair"]} for method, statuses in page.items()}


READ = {"list": MEMO_LIST, "detail": MEMO_ONE, "history": MEMO_ONE}
ADMINS_ALONE = {page: for_admins(expected) for page, expected in SECRETARIAT_EDITED.items()}
ADMINS_ALONE |= {page: for_admins(SECRETARIAT_EDITED[page], outsider=403) for page in ("create", "deleted", "restore")}
ADMINS_ALONE["history"] = MEMO_ONE
# without the version of the case that one saw, moving it is a conflict
MOVED = for_admins(row(get="302 404 404 200 404", post="302 404 404 409 404"))
RESUMED = for_admins(row(get="302 404 404 302 404", post="302 404 404 409 404"))
ANSWERED = {
    "get": ONE_STEP["get"],
    "post": for_admins(row(get="302 404 404 404 404", post="302 404 404 404 404"))["post"],
}
EDITED = {
    "create": CREATE,
    "update": UPDATE,
    "delete": DELETE,
    "history": HISTORY,
    "revert": REVERT,
    "deleted": DELETED,
    "restore": RESTORE,
}
LISTED = {"list": LIST, "detail": DETAIL, **EDITED}


def for_head(page: dict, get: int, post: int) -> dict:
    return {"get": page["get"] | {"culture_head": get}, "post": page["post"] | {"culture_head": post}}


def for_its_own(page: dict, get: int, post: int) -> dict:
    """What the chair and the culture head of the record's municipality get, who see it and not edit it."""
    return {
        "get": page["get"] | {"chair": get, "culture_head": get},
        "post": page["post"] | {"chair": post, "culture_head": post},
    }


# culture heads record what was measured in their own municipality, and bring it back; this record is another's
RECORDED = {
    "create": for_head(CREATE, 200, 200),
    "deleted": for_head(DELETED, 200, 405),
    "restore": for_head(RESTORE, 405, 404),
}


# what a municipality gives and gets is for its own chairs and culture heads, and for editors
ACCOUNT = row(get="302 404 200 200 404", post="302 405 405 405 405")
ACCOUNT["get"]["chair_elsewhere"] = 404


def of(kind: str, pages: dict) -> dict:
    return {f"{kind}_{page}": expected for page, expected in pages.items()}


# the way in is for those who are not logged in yet; a step that nobody has begun leads back to the first
ENTRANCE = {
    "account_login": row(get="200 302 302 302 302", post="200 302 302 302 302"),
    "account_request_login_code": row(get="200 302 302 302 302", post="200 302 302 302 302"),
    "account_confirm_login_code": row(get="302 302 302 302 302", post="302 302 302 302 302"),
    "mfa_authenticate": row(get="302 302 302 302 302", post="302 302 302 302 302"),
    "mfa_login_webauthn": row(get="302 302 302 302 302", post="302 302 302 302 302"),
    "account_inactive": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    "account_signup": row(get="200 302 302 302 302", post="200 302 302 302 302"),
    "account_reset_password": row(get="200 200 200 200 200", post="200 200 200 200 200"),
    "account_reset_password_done": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    "account_reset_password_from_key": row(get="200 200 200 200 200", post="200 200 200 200 200"),
    "account_reset_password_from_key_done": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    "socialaccount_login_cancelled": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    "openid_connect_login": row(get="404 404 404 404 404", post="405 405 405 405 405"),
    "openid_connect_callback": row(get="404 404 404 404 404", post="405 405 405 405 405"),
    "account_logout": row(get="405 405 405 405 405", post="302 302 302 302 302"),
}
# the cast has no passwords and no second factor: there is nothing to confirm with, to see or to remove
OWN = row(get="302 200 200 200 200", post="302 405 405 405 405")
OWN_FORM = row(get="302 200 200 200 200", post="302 200 200 200 200")
NOTHING_TO_CONFIRM = row(get="302 403 403 403 403", post="302 403 403 403 403")
NOT_THERE = row(get="302 404 404 404 404", post="302 404 404 404 404")
OWN_ACCOUNT = {
    "account": OWN,
    "account_change_password": row(get="302 302 302 302 302", post="302 302 302 302 302"),
    "account_set_password": OWN_FORM,
    "account_reauthenticate": NOTHING_TO_CONFIRM,
    "mfa_reauthenticate": NOTHING_TO_CONFIRM,
    "mfa_reauthenticate_webauthn": NOTHING_TO_CONFIRM,
    "mfa_index": OWN,
    "mfa_activate_totp": OWN_FORM,
    "mfa_deactivate_totp": NOT_THERE,
    "mfa_view_recovery_codes": row(get="302 404 404 404 404", post="302 405 405 405 405"),
    "mfa_generate_recovery_codes": OWN_FORM,
    "mfa_download_recovery_codes": NOT_THERE,
    "mfa_list_webauthn": OWN,
    "mfa_add_webauthn": OWN_FORM,
    "mfa_edit_webauthn": NOT_THERE,
    "mfa_remove_webauthn": NOT_THERE,
    "usersessions_list": row(get="302 200 200 200 200", post="302 302 302 302 302"),
    "device_end": row(get="302 405 405 405 405", post="302 404 404 404 404"),
}

TABLE = {
    "start": row(get="302 200 200 200 200", post="302 200 200 200 200"),
    **ENTRANCE,
    **OWN_ACCOUNT,
    "search": row(get="302 200 200 200 200", post="302 405 405 405 405"),
    "calendar": row(get="302 404 200 200 200", post="302 405 405 405 405"),
    "calendar_renew": row(get="302 405 405 405 405", post="302 404 302 302 302"),
    "kept_file": row(get="302 404 404 404 404", post="302 405 405 405 405"),  # by the token of one's own form
    "healthz": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    "readyz": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    "calendar_feed": row(get="404 404 404 404 404", post="405 405 405 405 405"),  # by its secret address alone
    "choose_agreement": row(get="302 405 405 405 405", post="302 404 404 404 404"),  # without saying which one
    **of("agreement", LISTED),
    **of("purpose", LISTED | {"move": MOVE}),
    **of("membership", LISTED),
    **of("body", LISTED),
    **of("meeting", LISTED),
    **of("meetingdelegate", EDITED),
    **of("person", LISTED),
    **of("post", LISTED),
    "post_confirm": row(get="302 404 403 200 200", post="302 404 403 302 302"),
    **of("agendaitem", EDITED | {"move": MOVE}),
    **of("document", LISTED),
    "document_download": DETAIL,
    "initiative_document": UPDATE,
    "body_plan": row(get="302 404 403 200 404", post="302 404 403 302 404"),
    "import_list": row(get="302 404 403 200 200", post="302 404 403 405 405"),
    "import_upload": CREATE,
    "import_template": row(get="302 404 403 200 200", post="302 404 403 405 405"),
    "import_check": row(get="302 404 403 302 302", post="302 404 403 302 302"),
    **of("otherparty", LISTED),
    **of("contribution", LISTED),
    **of("accountline", LISTED),
    **of("submission", EDITED),
    "agreement_economy": DETAIL,
    "agreement_deadlines": DETAIL,
    "agreement_year": DETAIL,
    "agreement_copy": UPDATE,
    "municipality_account": ACCOUNT,
    # the register of municipalities is shared by all culture regions
    "municipality_list": LIST,
    "municipality_detail": row(get="302 404 200 200 200", post="302 405 405 405 405"),
    **of("initiativearea", LISTED),
    **of("resulttarget", LISTED | {"move": MOVE}),
    **of("initiative", LISTED),
    **of("indicator", LISTED),
    **of("measurement", LISTED | RECORDED),
    **of("keyfigure", LISTED),
    **of("activity", LISTED | RECORDED),
    **of("targetgroup", LISTED),
    **of("story", LISTED),
    "story_picture": DETAIL,
    **of("milestone", LISTED),
    **of("participation", {"list": LIST, "history": HISTORY, "revert": REVERT, "deleted": DELETED, "restore": RESTORE}),
    # without the version one saw, clearing a cell is a conflict
    "participation_cell": row(get="302 404 403 200 404", post="302 404 403 409 404"),
    **of("memo", SECRETARIAT | {"preview": MEMO_UPDATE, "pdf": MEMO_ONE, "item": MEMO_ONE}),
    # without the version one saw, issuing is a conflict
    "memo_issue": MEMO_REVERT,
    "memo_correct": for_its_own(ONE_STEP, 405, 403),
    "memo_withdraw": for_its_own(MEMO_UPDATE, 403, 403),
    # issued ones are there for all who read, and for guests; but for what is done to such a one, the memo is a draft
    **of("memo", {"list": with_guests(LIST), "create": with_guests(CREATE)}),
    **of("memo", {"deleted": with_guests(DELETED), "restore": with_guests(RESTORE)}),
    **of("memorun", {"list": MEMO_LIST, "detail": MEMO_ONE, "create": MEMO_CREATE, "history": MEMO_ONE}),
    **of("memorun", {"pause": ONE_STEP, "resume": ONE_STEP, "cancel": ONE_STEP, "retry": ONE_STEP}),
    **of("agendalayout", SECRETARIAT),
    **of("measure", SECRETARIAT),
    **of("measurelist", SECRETARIAT_EDITED | {"agenda": MEMO_UPDATE, "pdf": MEMO_ONE}),
    **of("onboardingcase", ADMINS_ALONE | READ | {"gate": MOVED, "decline": MOVED, "pause": MOVED, "contact": MOVED}),
    **of("onboardingcase", {"resume": RESUMED, "guest": for_admins(MEMO_DELETE)}),
    **of("gatepassage", {"update": for_admins(MEMO_UPDATE), "history": MEMO_ONE}),
    **of("invitation", ADMINS_ALONE | {"send": for_admins(MEMO_UPDATE), "answer": ANSWERED}),
    **of("visit", SECRETARIAT | {"coverage": MEMO_LIST, "cancel": MEMO_UPDATE, "invite": MEMO_UPDATE}),
    **of("visit", {"step": ONE_STEP, "choose": ONE_STEP}),
    "visit_promise": row(get="302 405 405 405 405", post="302 404 404 200 404"),
    # nothing but who comes is asked for: without the version one saw, that is a conflict
    **of("ambassador", SECRETARIAT_EDITED | {"update": MEMO_REVERT}),
    **of("networkevent", SECRETARIAT),
    **of("encounter", SECRETARIAT_EDITED | {"contact": ONE_STEP, "followup": ONE_STEP, "onboarding": STEP_OF_ADMINS}),
    **of("contactnote", SECRETARIAT),
    **of("followup", SECRETARIAT | {"done": ONE_STEP, "reopen": ONE_STEP}),
    "contact_overview": MEMO_DELETED,
    "unsent_stories": MEMO_DELETED,
    "story_send": UPDATE,
    **of("openquestion", SECRETARIAT_EDITED | {"answer": MEMO_UPDATE}),
}
TABLE |= {
    **of("statusnote", SECRETARIAT | {"list": LIST, "create": CREATE, "deleted": DELETED, "restore": RESTORE}),
    **of("statusnote", {"approve": ONE_STEP, "publish": ONE_STEP, "reopen": ONE_STEP}),
    # nothing but the text is asked for: without the version one saw, that is a conflict
    **of("statusnote", {"redraft": MEMO_UPDATE, "withdraw": MEMO_UPDATE, "update": MEMO_REVERT}),
    "statusnote_ask": row(get="302 404 200 403 403", post="302 404 200 403 403"),
    "style_page": row(get="404 404 404 404 404", post="405 405 405 405 405"),  # there in development alone
    "clock_list": MEMO_DELETED,
    "clock_log": MEMO_CREATE,
    "meeting_confirm": MOVE,
    "today": MEMO_LIST,
    "profile": row(get="302 200 200 200 200", post="302 200 200 200 200"),
    "language": row(get="200 200 200 200 200", post="302 302 302 302 302"),
    **of("outgoingmail", {"list": MEMO_LIST, "detail": MEMO_ONE}),
    # what is not said is not done: no address, no status
    "outgoingmail_send": row(get="302 405 405 405 405", post="302 404 404 200 404"),
    "outgoingmail_mark": row(get="302 405 405 405 405", post="302 404 404 404 404"),
    **of("sociallink", SECRETARIAT),
    "subscription_list": MEMO_LIST,
    "subscription_missing": row(get="302 404 404 200 200", post="302 404 404 302 302"),
    "activity_share": DETAIL,
    "story_share": DETAIL,
    **of("newsletter", dict.fromkeys(["signup", "confirm", "unsubscribe"], EVERYBODY)),
    "public_region": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    "public_status": row(get="200 200 200 200 200", post="405 405 405 405 405"),
}

# admins read it, of their own regions; others may know that it is there
AUDIT = row(get="302 404 403 200 200", post="302 405 405 405 405")
AUDIT["get"] |= {"staff": 403, "outsider": 403}
TABLE["auditevent_list"] = AUDIT
TABLE |= {
    "privacy": row(get="200 200 200 200 200", post="405 405 405 405 405"),
    **dict.fromkeys(["help", "help_guide", "glossary"], row(get="200 200 200 200 200", post="405 405 405 405 405")),
    # none is named in tests
    "accessibility_statement": row(get="404 404 404 404 404", post="405 405 405 405 405"),
    "privacy_own": row(get="302 405 405 405 405", post="302 200 200 200 200"),
    "privacy_subject": for_admins(row(get="302 404 403 200 404", post="302 405 405 405 405")),
    "privacy_export": for_admins(row(get="302 405 405 405 405", post="302 404 403 200 404")),
    "privacy_erase": for_admins(UPDATE),
}
TABLE["privacy_subject"]["post"]["staff"] = TABLE["privacy_export"]["get"]["staff"] = 405


def for_admins_alone(get: str, post: str, **others: int) -> dict:
    """To staff these pages are as little there as to strangers."""
    page = row(get=get, post=post)
    for statuses in page.values():
        statuses |= {"staff": statuses["nobody"], "outsider": statuses["nobody"]}
    page["get"] |= others
    return page


USER_FORM = for_admins_alone(get="302 404 404 200 404", post="302 404 404 200 404")
USER_STEP = for_admins_alone(get="302 404 404 405 404", post="302 404 404 302 404")
INVITATION_STEP = for_admins_alone(get="302 405 405 405 405", post="302 404 404 302 404")
USERS = {
    **of(
        "portaluser",
        {
            "list": for_admins_alone(get="302 404 404 200 200", post="302 405 405 405 405"),
            "detail": for_admins_alone(get="302 404 404 200 404", post="302 405 405 405 405"),
            "update": USER_FORM,
            # without the role that one saw, changing it is a conflict
            "role": for_admins_alone(get="302 404 404 200 404", post="302 404 404 409 404"),
            "link": USER_FORM,
            "unlink": for_admins_alone(get="302 404 404 405 404", post="302 404 404 404 404"),
            "close": for_admins_alone(get="302 404 404 200 404", post="302 404 404 302 404"),
            "open": USER_STEP,
            "sessions": USER_STEP,
            "factor": USER_FORM,
        },
    ),
    **of(
        "userinvitation",
        {
            "list": for_admins_alone(get="302 404 404 200 200", post="302 405 405 405 405"),
            "detail": for_admins_alone(get="302 404 404 200 404", post="302 405 405 405 405"),
            "create": for_admins_alone(get="302 404 404 200 200", post="302 404 404 200 200"),
            "send": INVITATION_STEP,
            "withdraw": INVITATION_STEP,
        },
    ),
    # what a link leads to, by whoever holds it: this one is nobody's
    "welcome": row(get="404 404 404 404 404", post="404 404 404 404 404"),
    "welcome_link": row(get="302 302 302 302 302", post="405 405 405 405 405"),
}
TABLE |= USERS

ISSUED_MEMO = {
    "detail": for_its_own(MEMO_ONE, 200, 405),
    "pdf": for_its_own(MEMO_ONE, 200, 405),
    # its form leads to it; what is posted is refused in words, and so is deleting it
    "update": for_its_own(row(get="302 404 404 302 404", post="302 404 404 200 404"), 403, 403),
    "delete": for_its_own(MEMO_REVERT, 403, 403),
}
