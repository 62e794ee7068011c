// The lines to copy, with the address that this page came from.
const lines = document.getElementById("lines");
lines.textContent = lines.textContent.replace("https://ADRESSE-DU-SERVICE", location.origin);
