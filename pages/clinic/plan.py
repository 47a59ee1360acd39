"""Plan: what is in force for the chosen patient, and how a physiotherapist changes it."""

from coach.ui.clinic import plan
from coach.ui.shell import entrance

desk = entrance.enter_plan()
plan.show(desk)
