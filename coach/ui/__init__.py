"""The screens: with `pages/` and the router the only code that uses Streamlit."""
