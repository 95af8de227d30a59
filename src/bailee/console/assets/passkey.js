/* Asks the browser for a passkey: what to ask stands in a form's data-options, and what the browser
   answers goes into the form's hidden fields. Nothing is kept here and nothing sent elsewhere. */
(() => {
  "use strict";
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const ways = {
    create: async (options) => {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      const { response } = await navigator.credentials.create({ publicKey });
      return {
        client_data: text(response.clientDataJSON),
        attestation: text(response.attestationObject),
        transports: response.getTransports().join(","),
      };
    },
    get: async (options) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const { rawId, response } = await navigator.credentials.get({ publicKey });
      return {
        credential: text(rawId),
        client_data: text(response.clientDataJSON),
        authenticator_data: text(response.authenticatorData),
        signature: text(response.signature),
        user_handle: response.userHandle ? text(response.userHandle) : "",
      };
    },
  };
  const said = {
    InvalidStateError: "This device holds a passkey of yours already.",
    NotAllowedError: "Nothing was shown. Try again when you are ready.",
    SecurityError: "The address of this page is not the one that passkeys are made for.",
  };
  const run = async (form) => {
    const line = form.querySelector("[data-said]");
    try {
      const answer = await ways[form.dataset.passkey](JSON.parse(form.dataset.options));
      for (const [name, value] of Object.entries(answer)) form.elements[name].value = value;
      form.submit();
    } catch (error) {
      line.textContent = said[error.name] || "This browser cannot use passkeys here.";
    }
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form);
    });
    if ("now" in form.dataset) run(form);
  }
})();
