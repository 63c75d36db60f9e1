Feature: Instagram's own login in the web app
  Where the service has both of Meta's logins, Ana may connect an Instagram account by the one it has itself.

  Rule: The account logs in itself

    Scenario: In a window of its own
      Given Ana has the connections open
      When Ana logs in with Instagram and agrees to everything there
      Then "Casa Verde Plantas" is shown as active
      And Meta's window is gone

    Scenario: In the same tab
      Given Ana's browser lets no window open
      And Ana has the connections open
      When Ana logs in with Instagram in the same tab
      Then "Casa Verde Plantas" is shown as active

    Scenario: A permission is left out
      Given Ana has the connections open
      When Ana logs in with Instagram but does not let messages be answered
      Then she is told that a permission is missing for "Casa Verde Plantas"

  Rule: It is connected anew by its own login

    Scenario: The password at Instagram is changed
      Given Ana connected "Casa Verde Plantas" by Instagram's own login
      And Marina wrote "Oi, tem samambaia?"
      And Ana has the conversation with Marina open
      When the password at Meta is changed
      And Ana writes "Tem sim!", learns of it and logs in with Instagram again
      Then "Casa Verde Plantas" is shown as active
      And the conversation with Marina still holds "Oi, tem samambaia?", with "Tem sim!" to be sent
      And Marina receives "Tem sim!"
