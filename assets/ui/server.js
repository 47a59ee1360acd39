// Sets the server's address: Streamlit would otherwise look for it under each part of the page's
// path.
window.__streamlit = { BACKEND_BASE_URL: `${location.origin}/` };
