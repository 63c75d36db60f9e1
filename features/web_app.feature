Feature: The web app around the conversations
  Ana answers customers for the shop "Casa Verde". The app connects its accounts, keeps shops apart,
  speaks her language and obeys her keyboard.

  Rule: Two clicks connect an account

    Scenario: Meta asks in a window of its own
      Given Ana has the connections open
      When Ana connects Instagram and agrees to everything at Meta
      And she chooses "Casa Verde Plantas"
      Then "Casa Verde Plantas" is shown as active
      And Meta's window is gone

    Scenario: What cannot be connected says why
      Given Ana has the connections open
      When Ana connects Instagram and agrees to everything at Meta
      Then she may choose "Casa Verde Plantas"
      And she may not choose "Ateliê Lua", since Ana's role there does not suffice
      And she may not choose "Padaria Sol", since it has no Instagram account

    Scenario: Nothing is agreed to
      Given Ana has the connections open
      When Ana connects Instagram and agrees to nothing at Meta
      Then she is told calmly that nothing was connected
      And she may try again

    Scenario: Meta's window is closed before the end
      Given Ana has the connections open
      When Ana connects Instagram and closes Meta's window
      Then she is asked whether the window is still open
      And she may try again

    Scenario: The browser lets no window open
      Given Ana's browser lets no window open
      And Ana has the connections open
      When Ana connects Instagram and goes on at Meta in the same tab
      And she chooses "Casa Verde Plantas"
      Then "Casa Verde Plantas" is shown as active

    Scenario: An account is let go
      Given Ana's accounts are connected
      And Ana has the connections open
      When Ana disconnects "Casa Verde Plantas", having read what is kept
      Then "Casa Verde Plantas" is shown as disconnected

    Scenario: A connection that died is made anew
      Given Ana's accounts are connected
      And Marina wrote "Oi, tem samambaia?"
      And Ana has the conversation with Marina open
      When the password at Meta is changed
      And Ana writes "Tem sim!", learns of it and connects the account again
      Then "Casa Verde Plantas" is shown as active
      And the conversation with Marina still holds "Oi, tem samambaia?", with "Tem sim!" to be sent
      And Marina receives "Tem sim!"

  Rule: A session belongs to one shop

    Scenario: Signing in by hand
      Given Ana has the app open without a session
      When Ana types in something that is no token
      Then she is told that it is no token
      When Ana types in a token that nobody signed
      Then she is told that her session is not valid
      When Ana types in her own token
      Then she is in the inbox

    Scenario: Another shop in the same tab
      Given Ana's accounts are connected
      And Marina wrote "Só para a Casa Verde"
      And Ana has the conversation with Marina open
      When Ana signs out and Otto of another shop signs in
      Then Otto sees nothing of the conversation with Marina
      And nothing of it appears when Marina writes "Só para a Casa Verde, de novo"

    Scenario: The address of a conversation
      Given Ana's accounts are connected
      And Marina wrote "Bom dia!"
      When Ana opens the address of the conversation with Marina
      Then the conversation shows "Bom dia!" from Marina

  Rule: It speaks the language of whoever uses it

    Scenario: As the browser does
      Given Ana's browser speaks English
      And Ana's accounts are connected
      When Ana opens the inbox
      Then the app speaks English

    Scenario: As was chosen
      Given Ana's accounts are connected
      And Ana has the inbox open
      When Ana chooses English
      Then the app speaks English
      And the app speaks English after it was loaded again

  Rule: The keyboard is enough

    Scenario: From the first connection to a reaction
      Given Ana uses nothing but the keyboard
      And Ana has the connections open
      When Ana connects Instagram, agreeing to everything
      And Marina writes "Vocês têm jiboia?"
      And Ana opens the conversation with Marina, answers "Temos!" and reacts with a heart
      Then Marina receives "Temos!"
      And Marina sees a heart at "Vocês têm jiboia?"
