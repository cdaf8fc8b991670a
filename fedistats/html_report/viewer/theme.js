/* Light and dark theme. The files of this folder are one script: they share a scope.
   Names from servers are only ever used as text (textContent, fillText), never as markup. */

const byId = (id) => document.getElementById(id);

const systemTheme = matchMedia("(prefers-color-scheme: dark)");
const themeListeners = []; // called when the colors change
let chosenTheme = null; // null: that of the system
const isDark = () => (chosenTheme ? chosenTheme === "dark" : systemTheme.matches);
const notifyThemeListeners = () => themeListeners.forEach((listener) => listener());

byId("theme").addEventListener("click", () => {
  chosenTheme = isDark() ? "light" : "dark";
  document.documentElement.style.colorScheme = chosenTheme;
  notifyThemeListeners();
});
systemTheme.addEventListener("change", notifyThemeListeners);
