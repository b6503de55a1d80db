"""The guides: what each role does here, in short steps, with links to the pages they speak of.

In a step, `[words](name of a page)` is a link, and `[words](ordliste#anchor)` leads to the glossary. Translations keep
what stands in the brackets. Steps name lists, from which buttons lead on, and no page of one record.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from agreements import access


@dataclass(frozen=True)
class Task:
    title: str
    steps: list[str]


@dataclass(frozen=True)
class Guide:
    """`way`: the stations that a thing passes, where the guide is about one."""

    slug: str
    title: str
    lead: str
    tasks: list[Task]
    way: list[str] = field(default_factory=list)


LOGIN = Guide(
    slug="log-ind",
    title=_("Logging in and your account"),
    lead=_("For everybody who uses the portal."),
    tasks=[
        Task(
            _("Log in"),
            [
                _("Open [Log in](account_login), and write your e-mail address and your password."),
                _("No password? Ask for [a code by mail](account_request_login_code). It works for ten minutes."),
                _("If your municipality's own login is offered, choose that, and you need no password here."),
            ],
        ),
        Task(
            _("Forgotten your password?"),
            [
                _("Write your address under [Forgotten your password?](account_reset_password)."),
                _("Follow the link in the mail within an hour, and choose a new one."),
            ],
        ),
        Task(
            _("Get in the first time"),
            [
                _("Nobody signs up by themselves: the secretariat sends an invitation by mail."),
                _("Open the link within 14 days, and choose how you want to log in."),
            ],
        ),
        Task(
            _("Make your login safer"),
            [
                _(
                    "Under [My account](account) you find the password, the second step and the places where "
                    "you are logged in."
                ),
                _("Set up an app or a passkey under [Login in two steps](mfa_index). Whoever edits may be asked to."),
                _("Keep the recovery codes where you find them without your phone."),
            ],
        ),
    ],
)

STAFF = Guide(
    slug="sekretariat",
    title=_("Guide for the secretariat"),
    lead=_("The everyday work in short steps."),
    way=[_("Activity"), _("The municipality's account"), _("Status note"), _("Memo"), _("The committee")],
    tasks=[
        Task(
            _("Begin the day"),
            [
                _(
                    "Open [What needs me today](today). What is overdue stands first, then what is due this "
                    "week, then the rest."
                ),
                _("Each line has a button with the one thing to do."),
                _("Do you want it as a mail in the morning? Say so under [My settings](profile)."),
            ],
        ),
        Task(
            _("Record an activity"),
            [
                _("Open [Activities](activity_list), and choose “New activity”."),
                _("Choose the initiative, and write the day, the place, the municipalities and how many came."),
                _("“Save and new” begins the next one with the same initiative, day, place and municipalities."),
            ],
        ),
        Task(
            _("Tell a good story"),
            [
                _("Open [Stories](story_list), and choose “New story”. Add a picture, and say in words what it shows."),
                _("Choose “Share” for ready texts, or “Send to the culture head”."),
            ],
        ),
        Task(
            _("Follow a result target"),
            [
                _(
                    "[Result targets](resulttarget_list) shows how each is going, from "
                    "[baseline](ordliste#udgangspunkt) to goal."
                ),
                _(
                    "A target is followed by one or more [indicators](indicator_list). Write a new figure under"
                    " [Measurements](measurement_list), with its day and its source."
                ),
                _("A figure that is too old says how old it is, in the portal and in memos."),
            ],
        ),
        Task(
            _("Say who is in what"),
            [
                _("Open [Who is in](participation_list): municipalities down the side, initiatives across the top."),
                _("Choose a field with the mouse or the arrow keys, then the role and the period, and save."),
            ],
        ),
        Task(
            _("Prepare a meeting and write its minutes"),
            [
                _(
                    "Open [Meetings](meeting_list), and choose “New meeting”. Add the agenda's items and the "
                    "annexes on its page."
                ),
                _("“Make the agenda a memo” gives an agenda to send out."),
                _(
                    "After the meeting: “Write the minutes”, then “Make the minutes a memo”. What somebody has "
                    "to do becomes a follow-up."
                ),
            ],
        ),
        Task(
            _("Write a status note"),
            [
                _(
                    "Open [Status notes](statusnote_list), and choose “New status note”, the municipality and "
                    "the month."
                ),
                _("The draft is written from the month's activities. Read it, and correct it."),
                _("Choose “Approve the text”, and then “Publish”: it gets a page of its own that can be shared."),
            ],
        ),
        Task(
            _("Send out a memo"),
            [
                _(
                    "Open [Memos](memo_list), and choose “New memo” and its kind. Figures, members and targets "
                    "flow in from the portal."
                ),
                _("Write the sections around them. You see the memo as you write."),
                _(
                    "Choose “Issue”. It gets its number, and never changes. A mistake is mended with “Make a "
                    "correction”."
                ),
                _("The same memo to many at once: [Issue to many](memorun_list)."),
            ],
        ),
        Task(
            _("Keep the clocks going"),
            [
                _(
                    "[The committees' clocks](clock_list) shows when each member's committee last had the "
                    "culture region on its agenda."
                ),
                _("Choose “Log a meeting” when it has been there, and the clock starts anew."),
            ],
        ),
        Task(
            _("Plan a visit"),
            [
                _("Open [Tour-de-Kommune](visit_list), and choose “New visit” and the host."),
                _("The portal ranks who fits best as ambassador, and says why. Choose, and then “Send invitations”."),
                _("After the visit: “Write what came of it”. Promises become follow-ups."),
            ],
        ),
        Task(
            _("Keep contact"),
            [
                _(
                    "Note whom you met under [Networks](networkevent_list) and [Contacts](contactnote_list). It"
                    " takes a few seconds."
                ),
                _("What you promised stands under [Follow-ups](followup_list) until it is done."),
            ],
        ),
        Task(
            _("Fetch and bring in many rows"),
            [
                _("Every list can be filtered, and downloaded as CSV or Excel at its foot."),
                _(
                    "[Import](import_list) reads a spreadsheet, first as a trial that says row and column of "
                    "each fault."
                ),
            ],
        ),
        Task(
            _("Do it all with the keyboard"),
            [
                _("The first Tab on a page leads past the menu, and Enter in a field saves."),
                _("On a list Alt+N opens the form for a new one (Alt+Shift+N in Firefox, Ctrl+Option+N on a Mac)."),
                _("In [Who is in](participation_list) the arrow keys move from cell to cell."),
            ],
        ),
        Task(
            _("Undo a mistake"),
            [
                _("“History” at the foot of a page shows who changed what, with a way back to each version."),
                _("What was deleted is brought back under “Deleted” at the foot of its list."),
                _("If two people edit the same, the second sees both versions and chooses. Nothing is lost."),
            ],
        ),
    ],
)

ADMIN = Guide(
    slug="administrator",
    title=_("Guide for admins"),
    lead=_(
        "Interested municipalities on their way in, and who may log in. An admin also does all that the "
        "secretariat does."
    ),
    way=[
        _("Identified"),
        _("Contacted"),
        _("Invited"),
        _("Taking part"),
        _("Committee's recommendation"),
        _("Council's decision"),
        _("Joined"),
    ],
    tasks=[
        Task(
            _("Take in an interested municipality"),
            [
                _(
                    "Open [Onboarding](onboardingcase_list), and choose “New interested municipality”. The "
                    "invitation is due within 14 days."
                ),
                _("Add the contact persons, write the invitation and send it from the page of the case."),
                _("Say whether taking part costs a fee: yes, no or undecided. Nothing is assumed."),
            ],
        ),
        Task(
            _("Lead it through the gates"),
            [
                _(
                    "The button at the top of the case is the next [gate](ordliste#trin). Write its day, and "
                    "add the document if there is one."
                ),
                _("Joining takes the council's decision with its date and case number. It makes the membership."),
                _("A case can be paused, or closed because the municipality says no. Both take a reason."),
            ],
        ),
        Task(
            _("Share with guests"),
            [
                _("Choose “Invite a guest” on the page of the case."),
                _(
                    "Guests see their invitations, memos to them, and the [documents](document_list) marked as "
                    "shared with guests. Nothing else."
                ),
            ],
        ),
        Task(
            _("Invite somebody to the portal"),
            [
                _(
                    "Open [Users](portaluser_list), and choose “Invite”: as staff, as admin, as a guest, or by "
                    "a post as chair or culture head."
                ),
                _("The link works for 14 days. [Invitations](userinvitation_list) shows who has not come in yet."),
            ],
        ),
        Task(
            _("When somebody stops or changes work"),
            [
                _(
                    "Chairs and culture heads lose their access when their [post](post_list) ends. Write the "
                    "last day there."
                ),
                _(
                    "For all others: open the user under [Users](portaluser_list), and change the role or close"
                    " the account."
                ),
            ],
        ),
        Task(
            _("Help somebody who cannot log in"),
            [
                _("Open the user: is the account open, the address right, the post current?"),
                _("With a lost phone: reset the second step there. The user sets it up anew at the next login."),
                _("Did the mail arrive? [Outgoing mail](outgoingmail_list) tells what became of each."),
            ],
        ),
        Task(
            _("Account for what was done"),
            [
                _("The [audit log](auditevent_list) has logins, roles, posts, invitations, and lists taken as files."),
                _("“Personal data” on a person's or a user's page hands out what is stored, or erases it."),
            ],
        ),
    ],
)

MEMBER = Guide(
    slug="formand-og-kulturchef",
    title=_("Guide for chairs and culture heads"),
    lead=_("What you find here about your own municipality."),
    way=[_("A mail: there is a new memo"), _("Log in"), _("Open PDF")],
    tasks=[
        Task(
            _("Get the newest memo"),
            [
                _("It stands at the top of the [start page](start). “Open PDF” shows it, “Download PDF” saves it."),
                _("You get a mail when there is a new one. Older ones are under [Memos](memo_list)."),
            ],
        ),
        Task(
            _("Put it on the committee's agenda"),
            [
                _(
                    "Choose “Agenda item” beside the memo: the text stands under the headings that your "
                    "municipality uses."
                ),
                _("Choose “Copy with formatting”, paste it into your own agenda system, and attach the PDF."),
            ],
        ),
        Task(
            _("Ask for a status before a meeting"),
            [
                _(
                    "Choose “Ask for a status” on the [start page](start), or ask [for another "
                    "meeting](statusnote_ask)."
                ),
                _("The secretariat writes it, so that it is ready when the committee's papers go out."),
                _(
                    "Published ones are under [Status notes](statusnote_list), with a page of their own that "
                    "you can share."
                ),
            ],
        ),
        Task(
            _("See what the municipality gives and gets"),
            [
                _(
                    "“The municipality's account” on the [start page](start) counts activities, people and "
                    "money for a period that you choose."
                ),
                _("[Who is in](participation_list) shows which municipalities take part in which initiatives."),
            ],
        ),
        Task(
            _("Have the meetings in your own calendar"),
            [
                _("Open [Calendar](calendar), and make your own address."),
                _("Give it to Outlook, Google or your phone. Keep it to yourself."),
            ],
        ),
        Task(
            _("Share what goes well"),
            [
                _(
                    "Open one of the [stories](story_list) or [activities](activity_list), and choose “Share”: "
                    "the texts are ready to copy."
                ),
            ],
        ),
        Task(
            _("For culture heads: record what took place"),
            [
                _("Choose “New activity” under [Activities](activity_list), for your own municipality."),
                _("Figures are written under [Measurements](measurement_list), with their day and source."),
            ],
        ),
        Task(
            _("When your term of office ends"),
            [
                _(
                    "Your access follows your post, and ends with it. Do you go on? The secretariat writes the "
                    "new dates."
                ),
            ],
        ),
    ],
)

GUEST = Guide(
    slug="gaest",
    title=_("Guide for guests"),
    lead=_("For those who come from an interested municipality."),
    way=[_("Invited"), _("Taking part"), _("Committee's recommendation"), _("Council's decision"), _("Joined")],
    tasks=[
        Task(
            _("See your invitations"),
            [
                _(
                    "The [start page](start) shows what your municipality is invited to: when, where, and "
                    "whether it costs anything."
                ),
                _("Answer the mail that the invitation came with. The answer then stands on the page."),
            ],
        ),
        Task(
            _("Read what is shared with you"),
            [
                _("Documents and analyses stand on the [start page](start), each with a button that downloads it."),
                _("Memos to your municipality are under [Memos](memo_list)."),
            ],
        ),
        Task(
            _("The way to membership"),
            [
                _(
                    "Your committee recommends, and your [municipal council](ordliste#kommunalbestyrelse) "
                    "decides. The secretariat comes and tells, if you like."
                ),
                _("The name of whom to ask stands at the foot of the [start page](start)."),
            ],
        ),
    ],
)

GUIDES = [STAFF, ADMIN, MEMBER, GUEST, LOGIN]


def own_guides(user: Any) -> list[Guide]:
    """What the user does here, the role with most to do first; how one logs in is for everybody."""
    if not user.is_authenticated:
        return [LOGIN]
    roles = access.roles(user)
    asked = [(ADMIN, roles.administered), (STAFF, roles.edited), (MEMBER, roles.represented), (GUEST, roles.invited)]
    return [guide for guide, is_so in asked if is_so] + [LOGIN]
