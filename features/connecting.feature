Feature: Connecting an account
  A business connects its Instagram account or its Facebook Page in two clicks, and nobody else's.

  Background:
    Given Bia works at the shop "Casa Verde"

  Rule: Two clicks connect what the person has

    Scenario: Connecting a Page and its Instagram account
      When Bia connects her accounts
      Then the Page "Casa Verde" and the Instagram account "casaverde" are connected
      And Meta sends their messages to us

    Scenario: Choosing one of several accounts
      When Bia connects only the Instagram account "casaverde"
      Then the Instagram account "casaverde" is connected
      And the Page "Casa Verde" is not connected

    Scenario: Connecting again keeps the history
      Given Bia connected her accounts
      And Ana wrote to the Page "Casa Verde" "Vocês abrem no sábado?"
      And Bia disconnected the Page "Casa Verde"
      When Bia connects her accounts
      Then the conversation with Ana still holds "Vocês abrem no sábado?"

  Rule: What cannot be connected is named, with the reason

    Scenario: The person cancels
      When Bia cancels the login at Meta
      Then she is told that the login was cancelled
      And nothing is connected

    Scenario: A permission is left out
      When Bia connects her accounts without the permission to answer messages
      Then she is told which permission is missing
      And nothing is connected

    Scenario: No Instagram behind the Page
      Given Bia also manages the Page "Padaria Sol", which has no Instagram account
      When Bia connects her accounts
      Then she is told that "Padaria Sol" has no Instagram account
      And the Page "Padaria Sol" is connected

  Rule: A login belongs to the browser and the person that began it

    Scenario: Somebody else's link
      Given Otto of another shop sends Bia a link to connect
      When Bia follows the link and approves it at Meta
      Then nothing is connected for Otto

    Scenario: The same login used twice
      Given Bia has come back from Meta
      When the address she came back to is opened again
      Then that is refused
      And Meta was asked for an access token only once

  Rule: An account has one owner

    Scenario: An account that another shop owns
      Given another shop connected the Page "Casa Verde"
      When Bia connects her accounts
      Then she is told that the Page "Casa Verde" is connected elsewhere
      And nobody tells her by whom

    Scenario: After its owner let go
      Given another shop connected the Page "Casa Verde"
      And that shop disconnected it
      When Bia connects her accounts
      Then the Page "Casa Verde" is connected
