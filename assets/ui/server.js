// Where the server is: Streamlit would otherwise look for it under each part of a page's address.
window.__streamlit = { BACKEND_BASE_URL: `${location.origin}/` };
