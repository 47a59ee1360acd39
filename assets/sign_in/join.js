// An invitation's address has the code after the #, which browsers do not send to a server.

const field = document.querySelector('input[name=code]');
const code = decodeURIComponent(location.hash.slice(1));
if (field && code) {
  field.value = code;
  history.replaceState(null, '', location.pathname);
  document.querySelector('input[name=password]')?.focus();
}
