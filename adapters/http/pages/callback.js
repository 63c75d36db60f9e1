"use strict";
// Hands the outcome of a login to the window that began it, at the origins that were agreed, and at no other.
const handover = JSON.parse(document.getElementById("handover").textContent);
history.replaceState(null, "", location.pathname);
if (window.opener && !window.opener.closed) {
  for (const origin of handover.origins) {
    window.opener.postMessage(handover.message, origin);
  }
  if (handover.closes) {
    window.close();
  }
}
