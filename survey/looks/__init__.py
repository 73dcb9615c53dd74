"""How pages look to whoever reads them: the theme that a person chose on this device."""
