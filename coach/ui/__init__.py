"""The screen: with the pages and the router, the only code that knows Streamlit."""
