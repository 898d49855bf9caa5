//! `/staff` and below.

use anyhow::Result;
use thirtyfour::prelude::By;

use crate::{Browser, browser::exactly, server::PASSWORD, t};

/// Somebody of the staff.
pub struct Staff<'a>(&'a Browser);

impl<'a> Staff<'a> {
    /// Loads a page below `/staff` and signs in there.
    ///
    /// # Errors
    /// If signing in does not work.
    pub async fn sign_in(browser: &'a Browser, path: &str) -> Result<Self> {
        let staff = Self::at_the_door(browser, path).await?;
        staff.give("admin", PASSWORD).await?;
        browser.see(exactly("button", t("staff_sign_out"))).await?;
        Ok(staff)
    }

    /// Loads a page below `/staff`, which asks to sign in.
    ///
    /// # Errors
    /// If it does not ask.
    pub async fn at_the_door(browser: &'a Browser, path: &str) -> Result<Self> {
        browser.open_page(path).await?;
        browser.see(By::Id("password")).await?;
        Ok(Self(browser))
    }

    /// Writes name and password, and presses "Sign in".
    ///
    /// # Errors
    /// If there are no such fields.
    pub async fn give(&self, name: &str, password: &str) -> Result<()> {
        self.0.write(t("staff_name"), name).await?;
        self.0.write(t("staff_password"), password).await?;
        self.0.press(exactly("button", t("staff_sign_in"))).await
    }

    /// Goes to another staff page by the navigation.
    ///
    /// # Errors
    /// If there is no such link.
    pub async fn go_to(&self, name: &str) -> Result<()> {
        self.0.press_link(name).await?;
        self.0.headed(name).await
    }

    /// Writes into the field of this label.
    ///
    /// # Errors
    /// If there is none.
    pub async fn write(&self, label: &str, text: &str) -> Result<&Self> {
        self.0.write(label, text).await?;
        Ok(self)
    }

    /// Presses "Save".
    ///
    /// # Errors
    /// If there is no such button.
    pub async fn save(&self) -> Result<()> {
        self.0.press(exactly("button", t("staff_save"))).await
    }
}
