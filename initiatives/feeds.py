"""What stands in a user's calendar of this app: activities, and the milestones of the areas' roadmaps."""

from django.utils.translation import gettext as _

from kulturmetropol.history import last_saved
from kulturmetropol.ics import Entry

from .models import Activity, Milestone


def entries(user) -> list[Entry]:
    return [*_activities(user), *_milestones(user)]


def _activities(user):
    activities = Activity.objects.visible_to(user).select_related("initiative").prefetch_related("municipalities")
    for activity in activities.annotate(changed=last_saved(Activity)):
        places = ", ".join(str(municipality) for municipality in activity.municipalities.all())
        yield Entry(
            key=f"activity-{activity.pk}",
            title=activity.title,
            starts=activity.held_on,
            path=activity.get_absolute_url(),
            place=activity.place or places,
            text="\n".join(filter(None, [str(activity.initiative), places])),
            changed=activity.changed,
        )


def _milestones(user):
    milestones = Milestone.objects.visible_to(user).select_related("area").annotate(changed=last_saved(Milestone))
    for milestone in milestones:
        title = _("Reached: %(what)s") if milestone.reached_on else _("Milestone: %(what)s")
        yield Entry(
            key=f"milestone-{milestone.pk}",
            title=title % {"what": milestone.title},
            starts=milestone.due_on,
            path=milestone.get_absolute_url(),
            text="\n".join(filter(None, [str(milestone.area), milestone.note])),
            changed=milestone.changed,
        )
