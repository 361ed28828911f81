"""Print the demo's people and how they sign in."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.sandbox.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print the demo logins."

    def handle(self, *args: Any, **options: Any) -> None:
        width = max(len(person.email) for person in PEOPLE)
        self.stdout.write(f"  demo logins, password {PASSWORD}")
        for person in PEOPLE:
            role = f"{person.role.lower()} of {person.seller}" if person.seller else person.role
            self.stdout.write(f"    {person.email:<{width}}  {role}")
