// The address on an invitation carries the code after the # sign, which no browser sends to a server.

const field = document.querySelector('input[name=code]');
const code = decodeURIComponent(location.hash.slice(1));
if (field && code) {
  field.value = code;
  history.replaceState(null, '', location.pathname);
  document.querySelector('input[name=password]')?.focus();
}
