// A file of its own, so that the page needs no permission for inline scripts.
window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  displayRequestDuration: true,
  // The public validator would send the document elsewhere.
  validatorUrl: null,
});
