"""The back office's base classes: a window on tables, and changes that go through services.

Invariant: nothing here writes a row. What staff may do is a ReasonedAction or a form whose store()
calls a service; both carry a reason, and the service leaves the audit entry.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import Action, ActionLocation
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.changes import changes
from apps.core.columns import CappedPaginator
from apps.core.deeds import REASON_LENGTH, ReasonedAction, ReasonForm, ask_reason, viewer_on
from apps.core.errors import DomainError
from apps.core.kinds import EMPTY, linked, subject_names, window_on, with_references
from apps.core.models import AuditEntry, NumberSeries, OutboxEvent, Seal
from apps.core.readable import plain, stored
from apps.core.services import audit
from apps.core.services.dead_letters import replay_event
from apps.core.services.records import keep_record
from apps.core.shown import has_something, shown_as
from apps.core.viewer import Viewer


class WindowMixin:
    """What a read-only page shows: every field but the hidden ones, each made readable (core/shown.py)."""

    hidden_fields: ClassVar[Sequence[str]] = ()
    shown_fields: ClassVar[Sequence[Any] | None] = None
    currency_path: ClassVar[str] = "currency"
    # Foreign keys, and what of them is read in one query more for the names of rows.
    related: ClassVar[Sequence[str]] = ()
    prefetched: ClassVar[Sequence[str]] = ()
    # Keys of rows that live in apps above: field -> their kind. `<field>_name` is what they are called.
    references: ClassVar[Mapping[str, str]] = {}

    def readable(self, names: Iterable[Any], *, is_page: bool = True) -> list[Any]:
        return [shown_as(self, name, self.currency_path, is_page=is_page) for name in names]

    def readable_fields(self) -> list[Any]:
        if self.shown_fields is not None:
            return self.readable(self.shown_fields)
        fields = self.opts.concrete_fields  # type: ignore[attr-defined]
        return self.readable(one.name for one in fields if one.name not in self.hidden_fields)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]  # of Django's admins
        if self.related:
            rows = rows.select_related(*self.related)
        rows = with_references(rows, self.references)
        return rows.prefetch_related(*self.prefetched) if self.prefetched else rows

    def fields_of(self, obj: Any) -> list[Any]:
        """The fields of a page: of the row's, of its kind where there is none."""
        fields = self.readable_fields()
        is_page = isinstance(obj, self.model)  # type: ignore[attr-defined]
        return [one for one in fields if has_something(one, obj)] if is_page else fields

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.fields_of(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.fields_of(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WindowInline(WindowMixin, admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs alone
    template = "admin/edit_inline/window.html"
    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True


class WindowAdmin(WindowMixin, admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    """Lists and pages to look at, for superusers too; reasoned_actions are all that can be done.

    `related` names the foreign keys that lists and pages show. `is_personal` pages leave an audit
    entry each time they are opened. Lists of big tables filter by fields with choices alone: other
    filters read the whole table to find their values.
    """

    # What rows of other tables, which know the key alone, call a row of this one by.
    named_by: ClassVar[str] = ""
    # Fields that name a row of any table: its kind and its key.
    subject: ClassVar[tuple[str, str] | None] = None
    reasoned_actions: ClassVar[Sequence[ReasonedAction]] = ()
    is_personal: ClassVar[bool] = False
    # What an empty list says of when rows come.
    when_empty: Any = gettext_lazy("Rows appear here by themselves, as the shop works.")
    # How the services name these rows in the audit; the model's name where empty.
    audit_target: ClassVar[str] = ""
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    list_select_related = False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        self._name_subjects(found.result_list)
        return found

    def _name_subjects(self, rows: Iterable[Any]) -> None:
        if self.subject is None:
            return
        names = subject_names(rows, *self.subject)
        for row in rows:
            row.subject_name = names.get(self._subject_of(row), "")

    def _subject_of(self, row: Any) -> tuple[str, str]:
        kind, key = self.subject or ("", "")
        return getattr(row, kind), str(getattr(row, key))

    @admin.display(description=gettext_lazy("about"))
    def about(self, row: Any) -> str:
        """The row that this one is of, by its name, where `subject` says how to find it."""
        if not hasattr(row, "subject_name"):
            self._name_subjects([row])
        return linked(*self._subject_of(row), row.subject_name)

    def name_of(self, row: Any) -> str:
        """What a row is called: in headings, and where other rows point to it."""
        return str(row)

    def pages_of(self, request: HttpRequest, row: Any) -> list[tuple[str, Any]]:
        """Pages of a row besides this one: address and name, the one to work on first."""
        return []

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.readable(super().get_list_display(request), is_page=False)

    def get_actions(
        self, request: HttpRequest, action_location: Any = ActionLocation.CHANGE_LIST
    ) -> dict[str, Action | None]:
        if action_location != ActionLocation.CHANGE_LIST:
            return {}  # a row's page has buttons instead
        return {
            action.name: Action(
                func=ask_reason(action),
                name=action.name,
                description=str(action.label),
                plural_description=str(action.label),
                locations=[ActionLocation.CHANGE_LIST],
            )
            for action in self._allowed(request)
            if not action.is_single or request.method == "POST"
        }

    def _allowed(self, request: HttpRequest) -> list[ReasonedAction]:
        return [act for act in self.reasoned_actions if request.user.has_perm(act.permission)]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["subtitle"] = self.name_of(row)
            context["pages"] = self.pages_of(request, row)
        context["reasoned_actions"] = [
            act for act in self._allowed(request) if row is not None and act.fits(row)
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name)}
        answer = super().change_view(request, object_id, form_url, title | (extra_context or {}))
        if self.is_personal and request.method == "GET" and answer.status_code == 200:  # noqa: PLR2004  HTTP OK
            audit.record(
                actor=viewer_on(request),
                action=f"{self.opts.app_label}.{self.opts.model_name}_viewed",
                target_type=self.audit_target or str(self.opts.model_name),
                target_id=object_id,
            )
        return answer

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        target = self.audit_target or self.opts.model_name
        query = {"target_type": target, "target_id": object_id}
        return HttpResponseRedirect(reverse("admin:core_auditentry_changelist", query=query))

    # The audit is the one journal of what staff do: Django's own is not kept beside it.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None: ...  # type: ignore[override]  # nothing is written
    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None: ...  # type: ignore[override]  # nothing is written
    def log_deletions(self, request: HttpRequest, queryset: Any) -> None: ...  # type: ignore[override]  # nothing is written


class AuditedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """Every change says why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=ReasonForm.base_fields["reason"].help_text,
    )


class AuditedAdmin(WindowAdmin):
    """Rows that staff with add_ or change_ rights may edit; store() hands the form to a service."""

    form: type[AuditedForm] = AuditedForm
    edited_fields: ClassVar[Sequence[str]] = ()
    # The order of the form where it is another than: the model's fields, the form's own.
    form_order: ClassVar[Sequence[str]] = ()
    # Shown beside the form, never in it.
    fixed_fields: ClassVar[Sequence[Any]] = ()
    can_add: ClassVar[bool] = True
    can_change: ClassVar[bool] = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_add and admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_change and admin.ModelAdmin.has_change_permission(self, request, obj)

    def _is_form(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or self.has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if not self._is_form(request, obj):
            return self.fields_of(obj)
        extra = [name for name in self.form.base_fields if name not in self.edited_fields]
        fixed = self.readable(self.fixed_fields) if obj is not None else []
        names = self.form_order or (*self.edited_fields, *(n for n in extra if n != "reason"))
        return [*fixed, *names, "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if self._is_form(request, obj):
            return self.readable(self.fixed_fields) if obj is not None else []
        return self.fields_of(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        viewer = viewer_on(request)
        self.store(obj=obj, form=form, actor=viewer, reason=form.cleaned_data["reason"])

    def store(self, *, obj: Any, form: Any, actor: Viewer, reason: str) -> None:
        """Hand the form to a service: plain reference rows go to keep_record."""
        keep_record(record=obj, actor=actor, reason=reason)


class EventState(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    states: ClassVar[dict[str, dict[str, bool]]] = {
        "dead": {"dead_at__isnull": False},
        "waiting": {"dead_at__isnull": True, "sent_at__isnull": True},
        "delivered": {"sent_at__isnull": False},
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        labels = (_("Dead letters"), _("Waiting"), _("Delivered"))
        return list(zip(self.states, labels, strict=True))

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        return queryset.filter(**self.states.get(self.value() or "", {}))


@admin.register(OutboxEvent)
class OutboxEventAdmin(WindowAdmin):
    subject = ("aggregate", "aggregate_id")
    list_display = ("topic", "aggregate", "about", "state", "attempts", "created_at")
    list_filter = (EventState,)
    search_fields = ("=aggregate_id", "=topic")
    shown_fields = (
        "topic",
        "state",
        "aggregate",
        "about",
        "payload",
        "headers",
        "created_at",
        "attempts",
        "available_at",
        "sent_at",
        "dead_at",
        "last_error",
        "seq",
        "partition",
        "schema_version",
    )
    search_help_text = gettext_lazy("Aggregate id or topic, whole.")
    reasoned_actions = (
        ReasonedAction(
            name="replay",
            label=gettext_lazy("Deliver again"),
            permission="core.change_outboxevent",
            run=lambda deed: replay_event(
                event_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=gettext_lazy(
                "The event goes back into the queue; handlers that had it are skipped."
            ),
            fits=lambda event: event.dead_at is not None,
        ),
    )

    def name_of(self, row: OutboxEvent) -> str:
        return row.topic

    @admin.display(description=gettext_lazy("state"))
    def state(self, event: OutboxEvent) -> str:
        if event.dead_at:
            return _("Dead letter")
        return _("Delivered") if event.sent_at else _("Waiting")


@admin.register(AuditEntry)
class AuditEntryAdmin(WindowAdmin):
    subject = ("target_type", "target_id")
    list_display = ("at", "action", "actor_label", "target_type", "about", "reason")
    shown_fields = (
        "at",
        "action",
        "actor_label",
        "target_type",
        "about",
        "changed",
        "reason",
        "ip",
        "request_id",
    )
    search_fields = ("=target_id", "=area", "=action", "=actor_label", "=request_id")
    search_help_text = gettext_lazy("Target id, area, action, actor or request id, whole.")

    def name_of(self, row: AuditEntry) -> str:
        return plain(row, "action")

    @admin.display(description=gettext_lazy("what changed"))
    def changed(self, entry: AuditEntry) -> str:
        """Field by field; what is stored stands below it."""
        if not entry.before and not entry.after:
            return EMPTY
        window = window_on(entry.target_type)
        rows = changes(entry.before, entry.after, window.model if window else None)
        return format_html("{}{}", rows, stored({"before": entry.before, "after": entry.after}))


@admin.register(Seal)
class SealAdmin(WindowAdmin):
    list_display = ("journal", "number", "from_id", "to_id", "row_count", "sealed_at")
    shown_fields = (*list_display, "hash_hex", "previous_hash_hex")

    @admin.display(description=gettext_lazy("hash"))
    def hash_hex(self, seal: Seal) -> str:
        return bytes(seal.hash).hex()

    @admin.display(description=gettext_lazy("previous hash"))
    def previous_hash_hex(self, seal: Seal) -> str:
        return bytes(seal.previous_hash).hex()


@admin.register(NumberSeries)
class NumberSeriesAdmin(WindowAdmin):
    list_display = ("name", "last_value")
    ordering = ("name",)
