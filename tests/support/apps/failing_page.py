"""A page that fails while it holds what a patient wrote."""

import streamlit as st

st.title("Failing")
note = "canary-Ada"
raise ValueError(f"cannot read {note}")
