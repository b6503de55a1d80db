"""The share kit of an activity and of a story: for the secretariat, and for politicians' own pages."""

from django.utils import timezone
from django.views.generic import DetailView

from initiatives.models import Activity, Story
from kulturmetropol.views import RecordPage
from outreach import sharing
from outreach.models import SocialLink


class SharePage(RecordPage, DetailView):
    def get_template_names(self):
        return ["outreach/share.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            posts=self.posts(),
            # of the record's region: readers see where it is followed as well
            social_links=SocialLink.objects.filter(culture_region=self.object.region),
            today=timezone.localdate(),
            **kwargs,
        )


class ActivityShare(SharePage):
    model = Activity

    def get_queryset(self):
        records = super().get_queryset().select_related("initiative__area__agreement__culture_region")
        return records.prefetch_related("municipalities")

    def posts(self) -> list[sharing.Post]:
        return sharing.posts_of_activity(self.object)


class StoryShare(SharePage):
    model = Story

    def get_queryset(self):
        return super().get_queryset().select_related("initiative__area__agreement__culture_region", "municipality")

    def posts(self) -> list[sharing.Post]:
        return sharing.posts_of_story(self.object)
