"""The entry point: builds the server when it is imported, and shows the app when it is executed as a page."""

from functools import partial

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    from coach import web
    from coach.ui.shell import browser_sessions, error_reporting, first_load, runs, warming

    error_reporting.keep_values_out_of_the_log()
    browser_sessions.bound()
    runs.lighten()
    web.start(
        st.get_option("server.address"),
        st.get_option("server.allowedHosts"),
        organisation=st.secrets.load_if_toml_exists() and "auth" in st.secrets,
    )
    app = st.App(
        "coach/app.py",
        routes=web.routes,
        middleware=web.layers(
            st.get_option("server.allowedHosts"),
            browser_sessions.takes_file,
            fonts=first_load.fonts(),
        ),
        lifespan=partial(web.lifespan, warm_up=warming.warm_up),
        on_script_error=error_reporting.say_sorry,
    )
else:
    # Executed as a page: by Streamlit's test runner.
    from coach.app import main

    main()
