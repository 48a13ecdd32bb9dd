// Shows the OpenAPI document. Nothing can be sent from here: a browser has no department's key.
"use strict";

// For those who hear the page: no link inside the button that opens an operation, a name for the dialog's cross, and
// nothing outside a landmark. There is one server to choose, so there is no choice.
const audible = ({ React }) => {
  const section = (name) => (Original) => (props) =>
    React.createElement("section", { "aria-label": name }, React.createElement(Original, props));
  return {
    wrapComponents: {
      DeepLink: () => ({ text }) => React.createElement("span", null, text),
      CloseIcon: () => () => React.createElement("span", { role: "img", "aria-label": "关闭 Close" }, "×"),
      InfoContainer: section("说明 About"),
      SchemesContainer: section("签名 Signatures"),
      ServersContainer: () => () => null,
    },
  };
};

const place = document.getElementById("swagger-ui");
window.ui = SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [audible],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
  persistAuthorization: false,
});
