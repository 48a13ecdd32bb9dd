// Shows the OpenAPI document. Nothing can be sent from here: a browser has no department's key.
"use strict";

const place = document.getElementById("swagger-ui");
window.ui = SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
  persistAuthorization: false,
});
