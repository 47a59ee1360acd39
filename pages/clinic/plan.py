"""Plan: what is in force for the chosen patient, and how a physiotherapist changes it."""

from coach.ui import door, plan

desk = door.enter_plan()
plan.show(desk)
