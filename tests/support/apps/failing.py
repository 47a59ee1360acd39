"""A server like the real one whose only page fails; for tests of what is then said and logged."""

import streamlit as st

from coach import web
from coach.ui.shell import error_reporting

error_reporting.keep_values_out_of_the_log()
app = st.App(
    "failing_page.py",
    routes=web.routes,
    middleware=web.layers(st.get_option("server.allowedHosts")),
    lifespan=web.lifespan,
    on_script_error=error_reporting.say_sorry,
)
