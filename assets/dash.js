// What Dash calls by name. It may call before the modules are there, so what it says waits for them.
{
  const controls = import("./screen/controls.js");

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    downslope: {
      edited() {
        const { triggered } = window.dash_clientside.callback_context;
        controls.then(({ heard }) => heard(triggered));
        return window.dash_clientside.no_update;
      },
    },
  });
}
