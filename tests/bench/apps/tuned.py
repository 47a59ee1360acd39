"""The empty page in the product's own shell: its settings, routes, headers and warm start."""

import streamlit as st

from coach import web
from coach.ui.shell import error_reporting

error_reporting.keep_values_out_of_the_log()
app = st.App(
    "empty.py",
    routes=web.routes,
    middleware=web.layers(st.get_option("server.allowedHosts")),
    lifespan=web.lifespan,
    on_script_error=error_reporting.say_sorry,
)
