"""The empty page in a process that has what any app with a chart has imported."""

import altair
import pandas
import streamlit as st

st.title("Empty")
st.session_state["needs"] = (altair.__version__, pandas.__version__)
