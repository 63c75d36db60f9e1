Feature: Photos and other files
  What a customer sends can be looked at, and its message never waits for it.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Rule: A message never waits for its file

    Scenario: A photo arrives
      When Ana sends a photo of a cake
      Then a moment later Bia can look at the photo of the cake

    Scenario: The message is there before its photo
      Given Meta is slow to hand out files
      When Ana sends a photo of a cake
      Then Bia sees a photo from Ana
      And Bia is told that the photo is still to come

    Scenario: A picture that the shop sent from Meta's own app
      When somebody answers Ana in Meta's own app with a photo of a cake
      Then a moment later Bia can look at the photo of the cake

  Rule: Meta's links die, and their files may live on

    Scenario: A link that died is refreshed by asking Meta
      Given links to files die at once
      When Ana sends a photo of a cake
      Then a moment later Bia can look at the photo of the cake

    Scenario: A photo that Meta no longer has
      Given Meta loses every file at once
      When Ana sends a photo of a cake
      Then a moment later Bia is told that the photo has expired

  Rule: A story is never kept

    Scenario: A customer mentions the shop in a story
      When Ana mentions the Instagram account "casaverde" in a story
      Then a moment later Bia can look at the story
      And nothing of it is kept

    Scenario: The story is over
      Given Ana mentioned the Instagram account "casaverde" in a story
      When the story is over
      Then a moment later Bia is told that the story has expired

  Rule: Only what is a picture is shown as one

    Scenario: A page that pretends to be a photo
      When Ana sends a page that pretends to be a photo
      Then a moment later Bia is offered it as a download only

    Scenario: A file from somewhere else
      When Ana sends a photo that lies on a server of her own
      Then Bia sees a photo from Ana
      And a moment later Bia is told that the photo is not fetched

  Rule: A file belongs to one business

    Scenario: Another business looks
      Given Otto works at another shop
      And Ana sent a photo of a cake, which Bia looked at
      When Otto looks at it
      Then he is told that there is no such file

  Scenario: The picture of whoever writes
    Given Ana wrote to the Page "Casa Verde" "Oi"
    Then Bia sees "Oi" from Ana
    And a moment later the conversation bears the name of Ana
    And Bia can look at the picture of Ana
