"""The page of both empty apps: one line."""

import streamlit as st

st.title("Empty")
